"""Writes the register of organisations."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.idempotency import new_id
from api.interventions.names import ORGANISATION
from api.interventions.organisation_queries import no_such_organisation
from api.interventions.organisation_schemas import OrganisationIn, OrganisationPatch
from api.interventions.places import require_area
from api.procedure.records import change, new_row, reused


def add_organisation(session: Session, actor: Actor, body: OrganisationIn, key: str | None) -> UUID:
    """A new organisation; the same id or key again adds none. Raises NotFound for an area that is not the actor's."""
    require_area(session, actor.scope, body.area_id)
    organisation_id = new_id(actor.account_id, "organisation", body.id, key)
    sent = body.model_dump(exclude={"id"}) | {"led_by": list(dict.fromkeys(body.led_by))}
    asked = insert(ORGANISATION).values(**new_row(organisation_id, sent))
    added = asked.on_conflict_do_nothing(index_elements=[ORGANISATION.c.id]).returning(ORGANISATION.c.id)
    if session.scalar(added) is None:
        stored = session.execute(select(ORGANISATION).where(ORGANISATION.c.id == organisation_id)).one()
        if any(getattr(stored, name) != value for name, value in sent.items()):
            raise reused(by_key=bool(key) and body.id is None)
        return organisation_id
    audit.record(session, actor, "organisations.add", "organisation", [organisation_id])
    return organisation_id


def change_organisation(
    session: Session, actor: Actor, organisation_id: UUID, read: int | None, body: OrganisationPatch
) -> None:
    """Changes the fields that were sent. Raises NotFound, StaleVersion."""
    query = select(ORGANISATION).where(ORGANISATION.c.id == organisation_id, actor.scope.covers(ORGANISATION.c.area_id))
    row = session.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise no_such_organisation()
    sent = body.model_dump(exclude_unset=True)
    change(session, ORGANISATION, row, read, **sent)
    audit.record(session, actor, "organisations.change", "organisation", [organisation_id], fields=sorted(sent))
