// Where a request stands as far as this tablet knows: does it wait for Phiếu A, has it one, has it led onto a list, was it
// refused in writing?

import { draftAbout } from "../../../actions/drafts.ts";
import type { RequestData, ScreeningData, Seen } from "../../../register/register.ts";
import type { Tablet } from "../../../tablet.ts";
import type { Uuid } from "../../../wire.ts";

/** Of the kinds of requests the one that goes through Phiếu A (docs/sync-protocol.md). */
const SCREENED = "review";

export type Paper = {
  request: Seen<RequestData>;
  screening: Seen<ScreeningData> | null;
  /** Phiếu A may be filled in or corrected */
  open: boolean;
  /** a draft of it is on the tablet */
  begun: boolean;
};

/** Of the household, in the order in which they were handed in. */
export function papersOf(tablet: Tablet, householdId: Uuid): Paper[] {
  const papers = tablet.register.of("request", householdId) as Seen<RequestData>[];
  const inOrder = papers.sort((one, other) => (one.data.received_on < other.data.received_on ? -1 : 1));
  return inOrder.map((request) => paper(tablet, request));
}

export function paper(tablet: Tablet, request: Seen<RequestData>): Paper {
  const screened = request.data.kind === SCREENED;
  return {
    request,
    screening: screened ? tablet.register.screeningOf(request.id) : null,
    open: screened && !isRefused(request) && !hasLed(tablet, request),
    begun: draftAbout(tablet.drafts.value, "screening", { request: request.id }) !== null,
  };
}

export function isRefused({ data }: Seen<RequestData>): boolean {
  return (data.refused_on ?? null) !== null;
}

/** The list of a training round settles nothing; of a round that is not on the tablet it is not known. */
function hasLed({ register, reference }: Tablet, { id, data }: Seen<RequestData>): boolean {
  if (data.household_id === null) return false;
  const training = new Set(reference.value?.rounds.filter((one) => one.training).map((one) => one.id));
  return register.of("review_case", data.household_id).some((one) => one.data.request_id === id && !training.has(one.data.round_id as Uuid));
}

/** For the list: what is due at the household, or done and not on a list yet; null where neither is. */
export function screeningDue(tablet: Tablet, householdId: Uuid): "waits" | "done" | null {
  const open = papersOf(tablet, householdId).filter((one) => one.open);
  if (open.some((one) => one.screening === null)) return "waits";
  return open.length > 0 ? "done" : null;
}
