"""Who may knock at the addresses of meetings, postings, complaints and opinions, and the parameters they share."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission

# The bank and the treasury list recognised households only: how a household got there is not theirs to follow.
Follower = Annotated[Actor, allow(Permission.households_read, Permission.meetings_observe)]
MeetingWriter = Annotated[Actor, allow(Permission.meetings_write)]
MeetingObserver = Annotated[Actor, allow(Permission.meetings_observe)]
MeetingGuest = Annotated[Actor, allow(Permission.meetings_write, Permission.meetings_observe)]
Poster = Annotated[Actor, allow(Permission.postings_write)]
ComplaintReader = Annotated[Actor, allow(Permission.households_read, Permission.complaints_register)]
ComplaintTaker = Annotated[Actor, allow(Permission.complaints_register)]
ReVerifier = Annotated[Actor, allow(Permission.reviews_write)]
Decider = Annotated[Actor, allow(Permission.complaints_decide)]
OpinionAsker = Annotated[Actor, allow(Permission.rounds_approve)]
OpinionGiver = Annotated[Actor, allow(Permission.opinions_write)]
OpinionReader = Annotated[Actor, allow(Permission.households_read)]

RoundFilter = Annotated[UUID | None, Query(description="Only of this round.")]
HamletFilter = Annotated[UUID | None, Query(description="Only of this hamlet.")]
