// Where a household stands in a round, as this tablet knows it: what may be done next.

import { draftAbout, notHome } from "../../actions/drafts.ts";
import type { CaseData, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Round, Uuid } from "../../wire.ts";
import { STANDING } from "../../work.ts";

/** Stages from which a household is surveyed (docs/sync-protocol.md: the case's `stage`). */
const TO_SURVEY = ["listed", "not_reached", "resurvey"];

export type Standing = {
  round: Round;
  case: Seen<CaseData>;
  /** a review may be begun or gone on with */
  open: boolean;
  /** a draft of it is on the tablet */
  begun: boolean;
  /** it was filled in here, and the list does not know it yet */
  filled: boolean;
  /** when nobody was at home */
  notHome: string[];
};

/** Of every open round on whose list the household stands. */
export function standings(tablet: Tablet, householdId: Uuid): Standing[] {
  return (tablet.reference.value?.rounds ?? []).flatMap((round) => {
    const found = standing(tablet, householdId, round);
    return found === null ? [] : [found];
  });
}

export function standing(tablet: Tablet, householdId: Uuid, round: Round): Standing | null {
  const known = tablet.register.caseOf(round.id, householdId);
  if (known === null) return null;
  const about = { household: householdId, round: round.id };
  const filled = tablet.outbox.value.some((one) =>
    one.entity === "review" && one.data.household_id === householdId && one.data.round_id === round.id &&
    one.outcome !== "rejected" && !(one.pulled && STANDING.includes(one.outcome ?? "")));
  return {
    round,
    case: known,
    filled,
    open: !filled && TO_SURVEY.includes(known.data.stage),
    begun: draftAbout(tablet.drafts.value, "review", about) !== null,
    notHome: notHome(tablet.drafts.value, householdId, round.id),
  };
}
