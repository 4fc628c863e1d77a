"""The programme catalogue over HTTP: components, kinds of interventions, policies. Read only: it ships as data."""

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Response

from api import clock
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.openapi import example, problems
from api.programmes import examples, queries
from api.programmes.parameters import ComponentFilter, FieldFilter
from api.programmes.schemas import ComponentList, ComponentOut, KindList, KindOut, PolicyList, PolicyOut
from api.schema import Day, Schema

router = APIRouter(tags=["programmes"])

Reader = Annotated[Actor, allow(Permission.programmes_read)]
AsOf = Annotated[Day | None, Query(description="As of this day; today if not given.")]
Held = Annotated[str | None, Header(alias="If-None-Match", max_length=1000, description="The `ETag` held already.")]
_SAME: dict[int | str, dict[str, Any]] = {304: {"description": "Không đổi / not changed"}}


ComponentCode = Annotated[str, Path(max_length=60, examples=["nutrition"], description="Code of a component.")]
KindCode = Annotated[
    str, Path(max_length=60, examples=["community_proposal"], description="Code of a kind of intervention.")
]
PolicyCode = Annotated[str, Path(max_length=60, examples=["electricity_poor"], description="Code of a policy.")]


def _answer(shown: Schema, held: str | None) -> Response:
    """The answer with a tag of its content, or that nothing has changed: a catalogue changes with a release."""
    content = shown.model_dump_json().encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if tag in (held or ""):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(content, media_type="application/json", headers={"ETag": tag})


@router.get(
    "/programmes",
    operation_id="list_programmes",
    summary="Các hợp phần của Chương trình",
    response_model=ComponentList,
    responses=_SAME | example({"items": [examples.COMPONENT]}),
)
def list_programmes(actor: Reader, held: Held = None) -> Response:  # noqa: ARG001  # the door
    """The components of the programme as the plan has them (IV.2), in its order, with an ETag."""
    return _answer(queries.components(), held)


@router.get(
    "/programmes/{component_code}",
    operation_id="read_programme",
    summary="Một hợp phần: đối tượng, nội dung, loại hoạt động, chính sách",
    response_model=ComponentOut,
    responses=problems("not-found") | _SAME | example(examples.COMPONENT_WHOLE),
)
def read_programme(
    component_code: ComponentCode,
    actor: Reader,  # noqa: ARG001  # the door
    as_of: AsOf = None,
    held: Held = None,
) -> Response:
    """Target groups and contents in the plan's words with their legal bases; the kinds of interventions and policies
    that the component brings, the policies as of a day."""
    return _answer(queries.component(component_code, as_of or clock.today()), held)


@router.get(
    "/intervention-kinds",
    operation_id="list_intervention_kinds",
    summary="Các loại hoạt động",
    response_model=KindList,
    responses=_SAME | example({"items": [examples.KIND]}),
)
def list_intervention_kinds(
    actor: Reader,  # noqa: ARG001  # the door
    component: ComponentFilter = None,
    held: Held = None,
) -> Response:
    """The kinds of interventions, with who records and who sees each; those without a component are the hamlets' and
    the Front's own (plan VI)."""
    return _answer(queries.kinds(component), held)


@router.get(
    "/intervention-kinds/{kind_code}",
    operation_id="read_intervention_kind",
    summary="Một loại hoạt động: giai đoạn, bước, giấy tờ, trường, vai trò",
    response_model=KindOut,
    responses=problems("not-found") | _SAME | example(examples.KIND_WHOLE),
)
def read_intervention_kind(kind_code: KindCode, actor: Reader, held: Held = None) -> Response:  # noqa: ARG001
    """All that an app needs to draw the forms of this kind and of each of its steps, in Vietnamese and English."""
    return _answer(queries.kind(kind_code), held)


@router.get(
    "/policies",
    operation_id="list_policies",
    summary="Các chính sách có hiệu lực trong một ngày",
    response_model=PolicyList,
    responses=_SAME | example({"as_of": "2024-11-25", "items": [examples.POLICY]}),
)
def list_policies(
    actor: Reader,  # noqa: ARG001  # the door
    as_of: AsOf = None,
    component: ComponentFilter = None,
    field: FieldFilter = None,
    subject: Annotated[
        Literal["household", "member"] | None, Query(description="Only those for households, or for single persons.")
    ] = None,
    held: Held = None,
) -> Response:
    """The standing policies and the offers of the components in force on the day, with how many of their numbers
    nobody has compared with the text yet."""
    found = queries.policies(as_of or clock.today(), component_code=component, field=field, subject=subject)
    return _answer(found, held)


@router.get(
    "/policies/{policy_code}",
    operation_id="read_policy",
    summary="Một chính sách: điều kiện, mức, căn cứ",
    response_model=PolicyOut,
    responses=problems("not-found") | _SAME | example(examples.POLICY_WHOLE),
)
def read_policy(policy_code: PolicyCode, actor: Reader, as_of: AsOf = None, held: Held = None) -> Response:  # noqa: ARG001
    """Its grounds with their conditions (JsonLogic, docs/programmes.md), what excludes, when somebody counts as served,
    and its numbers of the day; a number that is not verified is never an amount due, one that is not known is null."""
    return _answer(queries.policy(policy_code, as_of or clock.today()), held)
