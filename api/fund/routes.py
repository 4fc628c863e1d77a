"""The Fund for the poor over HTTP, with an account that everybody may read."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.fund import commands, examples, queries
from api.fund.schemas import AccountOut, EntryIn, EntryOut, EntryReversal, PublicAccount
from api.fund.tables import FundDirection
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.query_names import known_query
from api.schema import AreaId, Page, Year

router = APIRouter(tags=["fund"])

Reader = Annotated[Actor, allow(Permission.programmes_read)]
Bookkeeper = Annotated[Actor, allow(Permission.fund_write, Permission.budget_read)]
Writer = Annotated[Actor, allow(Permission.fund_write)]
OfYear = Annotated[Year | None, Query(description="The year; this one if not given.")]


@router.get(
    "/fund",
    operation_id="read_fund",
    summary="Sổ Quỹ vì người nghèo của xã",
    responses=problems("not-found") | example(examples.ACCOUNT),
)
def read_fund(
    actor: Reader, db: Db, area_id: Annotated[AreaId, Query(description="The commune.")], year: OfYear = None
) -> AccountOut:
    """What the Fund took in, gave on and holds, in all and in a year. Sums only."""
    return queries.account(db, actor, area_id, year or clock.today().year)


@router.get(
    "/fund/entries",
    operation_id="list_fund_entries",
    summary="Các khoản thu, chi của Quỹ",
    responses=problems("invalid-cursor") | example({"items": [examples.ENTRY], "next_cursor": None}),
)
def list_entries(
    actor: Bookkeeper,
    db: Db,
    direction: Annotated[FundDirection | None, Query(description="Only gifts, or only outlays.")] = None,
    year: Annotated[Year | None, Query(description="Only of this year.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[EntryOut]:
    """The entries of the Funds in the caller's areas, the last one first; a hamlet sees what it collected. A household
    is named to those who may list households there."""
    return queries.entries(db, actor, direction=direction, year=year, limit=limit, cursor=cursor)


@router.post(
    "/fund/entries",
    operation_id="book_fund_entry",
    summary="Ghi một khoản thu hoặc chi của Quỹ",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict")
    | example(examples.ENTRY, 201),
)
def book_entry(body: EntryIn, actor: Writer, db: Db, idempotency_key: IdempotencyKey = None) -> EntryOut:
    """A gift to the Fund, or money it gives on: never more than it holds. A hamlet enters what it collected."""
    return queries.entry(db, actor, commands.book(db, actor, body, idempotency_key))


@router.get(
    "/fund/entries/{fund_entry_id}",
    operation_id="read_fund_entry",
    summary="Một khoản thu, chi của Quỹ",
    responses=problems("not-found") | example(examples.ENTRY),
)
def read_entry(fund_entry_id: UUID, actor: Bookkeeper, db: Db) -> EntryOut:
    """One entry, and what took it back."""
    return queries.entry(db, actor, fund_entry_id)


@router.post(
    "/fund/entries/{fund_entry_id}/reversal",
    operation_id="reverse_fund_entry",
    summary="Hủy một khoản đã ghi",
    status_code=201,
    responses=problems("not-found", "conflict") | example(examples.ENTRY, 201),
)
def reverse_entry(fund_entry_id: UUID, body: EntryReversal, actor: Writer, db: Db) -> EntryOut:
    """Takes an entry back with its reason; both stay in the book. A repeated call takes it back once."""
    return queries.entry(db, actor, commands.reverse(db, actor, fund_entry_id, body))


@router.get(
    "/public/fund/{area_code}",
    operation_id="read_public_fund",
    summary="Công khai Quỹ vì người nghèo",
    responses=problems("not-found") | example(examples.PUBLIC),
    dependencies=[Depends(known_query)],
)
def read_public_fund(
    area_code: Annotated[str, Path(max_length=64, description="The code of the commune.", examples=["14080"])],
    db: Db,
    year: OfYear = None,
) -> PublicAccount:
    """Public: the account of a commune's Fund for a year. No household and no person; a giver where they agreed."""
    return queries.public_account(db, area_code, year or clock.today().year)
