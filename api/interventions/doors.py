"""Who may knock at the addresses of interventions, and the parameters they share.

Which right a record needs is said by its kind. The door lets in whoever holds a right that a kind can name, and behind
it the record is held for the right of its own kind (reach.py): 403 with that right for everybody else.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission

# The rights that a kind may name for recording it; a test compares them with the catalogue.
RECORDING = (
    Permission.interventions_write,
    Permission.jobs_write,
    Permission.trainings_write,
    Permission.communications_write,
    Permission.helpers_assign,
    Permission.inspections_write,
    Permission.supervision_write,
    Permission.hamlet_plans_write,
    Permission.households_write,
)
# A step may need somebody else: the chair who approves.
STEPPING = (*RECORDING, Permission.plans_approve)

Reader = Annotated[Actor, allow(Permission.programmes_read)]
Recorder = Annotated[Actor, allow(*RECORDING)]
Stepper = Annotated[Actor, allow(*STEPPING)]
Registrar = Annotated[Actor, allow(Permission.interventions_write)]
NeedReader = Annotated[Actor, allow(Permission.households_read)]
NeedWriter = Annotated[Actor, allow(Permission.needs_write)]
HouseholdReader = Annotated[Actor, allow(Permission.households_read)]

AreaFilter = Annotated[UUID | None, Query(description="Only in or below this area.")]
HouseholdFilter = Annotated[UUID | None, Query(description="Only about this household.")]
