// A review that is being filled in: its draft, its form, and what every screen of it needs to know.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import { formOf, judged, type Judged, type Place, placeOf, pointsComputed } from "../../../forms/judged.ts";
import { emptyReview, reviewSteps, type ReviewStep, type ReviewValues } from "../../../forms/review.ts";
import { today } from "../../../ids.ts";
import type { Tablet } from "../../../tablet.ts";
import type { Form, Round, Uuid } from "../../../wire.ts";
import type { Kept } from "../useDraft.ts";

export type Filling = {
  tablet: Tablet;
  householdId: Uuid;
  round: Round;
  form: Form;
  place: Place;
  pointsComputed: boolean;
  draft: Kept<ReviewValues>;
  steps: ReadonlySignal<ReviewStep[]>;
  /** how many pictures are being made smaller or written down: a review sent now would go without them */
  making: Signal<number>;
};

/** null: the form of the round is not on the tablet. */
export function formOfRound(tablet: Tablet, roundId: Uuid): { round: Round; form: Form } | null {
  const reference = tablet.reference.value;
  const round = reference?.rounds.find((one) => one.id === roundId);
  const form = round === undefined ? null : formOf(reference!, round);
  return round === undefined || form === null ? null : { round, form };
}

export const begin = (round: Round): ReviewValues => emptyReview(round, today());

export function filling(tablet: Tablet, householdId: Uuid, round: Round, form: Form, draft: Kept<ReviewValues>): Filling {
  const hamletId = tablet.register.household(householdId)!.data.hamlet_id;
  const place = placeOf(tablet.reference.value!, hamletId);
  // the same list as long as the same screens are shown: an answer draws its own question, and not the whole form
  let last: ReviewStep[] = [];
  const steps = computed(() => {
    const now = reviewSteps(form, round, draft.values.value.answers);
    if (now.map((one) => one.key).join() !== last.map((one) => one.key).join()) last = now;
    return last;
  });
  return { tablet, householdId, round, form, place, pointsComputed: pointsComputed(form, place), draft, steps, making: signal(0) };
}

/** With all that are registered there, as they are now. */
export function found(filled: Filling): Judged {
  const { tablet, householdId, form, place, draft } = filled;
  const { answers, surveyed_on, b1_entered } = draft.values.value;
  const members = tablet.register.members(householdId, true);
  return judged({ form, answers, members, place, on: surveyed_on || today(), b1Entered: typeof b1_entered === "number" ? b1_entered : null });
}
