"""The end of a round and the ledger of movements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.recognitions import closing, examples
from api.recognitions import movement_queries as queries
from api.recognitions.movement_schemas import LedgerClass, LedgerColumn, LedgerLevel, MovedOut, MovementsOut
from api.recognitions.movements import CLASSES
from api.reviews.examples import ROUND
from api.reviews.schemas import RoundOut
from api.schema import Page

router = APIRouter(tags=["recognitions"])

Closer = Annotated[Actor, allow(Permission.rounds_write)]
Counter = Annotated[Actor, allow(Permission.indicators_read)]
ClassReader = Annotated[Actor, allow(Permission.households_list)]
OfRound = Annotated[UUID, Query(description="The round whose period is asked for.")]


@router.post(
    "/rounds/{round_id}/closing",
    operation_id="close_round",
    summary="Kết thúc đợt rà soát",
    responses=problems("not-found", "illegal-stage", "stale-version") | example(ROUND),
)
def close_round(round_id: UUID, actor: Closer, db: Db, response: Response, read: VersionIfGiven = None) -> RoundOut:
    """Closes a round once no household waits for a decision, and keeps who is poor and near-poor then: what the next
    round of the commune opens with. A training round just ends."""
    closed = closing.close_round(db, actor, round_id, read)
    return tagged(response, closed)


@router.get(
    "/movements",
    operation_id="read_movements",
    summary="Diễn biến hộ nghèo, hộ cận nghèo",
    responses=problems("not-found", "conflict") | example(examples.MOVEMENTS),
)
def read_movements(
    actor: Counter,
    db: Db,
    round_id: OfRound,
    level: Annotated[LedgerLevel, Query(description="By hamlet, or the commune as one area.")] = "hamlet",
    poverty_class: Annotated[LedgerClass | None, Query(alias="class", description="Only of this class.")] = None,
) -> MovementsOut:
    """Opening, decreases, increases and closing of a round, in households and persons, for the caller's areas (report
    forms 2 and 3). By hamlet, a move between two hamlets is a decrease of one and an increase of the other; the totals
    add the rows up. For the commune as one area such a move is no movement."""
    classes = CLASSES if poverty_class is None else (poverty_class,)
    return queries.movements(db, actor, round_id, level, classes)


@router.get(
    "/movements/households",
    operation_id="list_moved_households",
    summary="Các hộ trong một ô của bảng diễn biến",
    responses=problems("not-found", "conflict", "invalid-cursor") | example(examples.page(examples.MOVED)),
)
def list_moved_households(
    actor: ClassReader,
    db: Db,
    round_id: OfRound,
    poverty_class: Annotated[LedgerClass, Query(alias="class", description="The class of the row.")],
    column: Annotated[LedgerColumn, Query(description="The column of the number.")],
    hamlet_id: Annotated[UUID | None, Query(description="The hamlet of the row; left out: the commune's.")] = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Page[MovedOut]:
    """The households behind one number of the ledger, of those the caller may list. One that has moved away from the
    caller's areas is counted, but not named."""
    return queries.moved(
        db,
        actor,
        round_id,
        hamlet_id=hamlet_id,
        poverty_class=poverty_class,
        column=column,
        limit=limit,
        cursor=cursor,
    )
