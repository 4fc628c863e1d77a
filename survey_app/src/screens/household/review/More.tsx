// What a review says beside the form: causes, needs, who answered, and what the signed paper says.

import type { JSX } from "preact";

import { dayFault } from "../../../forms/review.ts";
import { today } from "../../../ids.ts";
import { optionsOf } from "../../../words/codes.ts";
import { say } from "../../../words/words.ts";
import { Choices, DateField, NumberField, TextField } from "../../parts.tsx";
import type { Filling } from "./state.ts";
import { REVIEW } from "./words.ts";

const MOST_POINTS = 1000; // what the wire carries (docs/sync-protocol.md), no rule of a standard

export function More({ filled }: { filled: Filling }): JSX.Element {
  const { draft, round, tablet } = filled;
  const reference = tablet.reference.value!;
  const values = draft.values.value;
  const day = dayFault(round, values.surveyed_on, today());
  const set = draft.set;
  return (
    <>
      <Choices label={say(REVIEW.causes)} value={values.causes} options={optionsOf(reference, "cause")} onChange={(causes) => set({ causes })} />
      <Choices label={say(REVIEW.needs)} value={values.needs} options={optionsOf(reference, "need")} onChange={(needs) => set({ needs })} />
      <DateField label={say(REVIEW.surveyed_on)} value={values.surveyed_on} min={round.opens_on} max={today()} required fault={day === null ? undefined : say(day)} onChange={(on) => set({ surveyed_on: on ?? "" })} />
      <TextField label={say(REVIEW.respondent)} value={values.respondent} maxLength={120} onChange={(respondent) => set({ respondent })} />
      {!filled.pointsComputed && (
        <NumberField label={say(REVIEW.b1_entered)} hint={say(REVIEW.b1_hint)} value={values.b1_entered} min={0} max={MOST_POINTS} fault={pointsFault(values.b1_entered)} onChange={(points) => set({ b1_entered: points })} />
      )}
      <TextField label={say(REVIEW.paper_no)} value={values.paper_no} maxLength={20} required={!filled.pointsComputed && values.b1_entered !== null} onChange={(paper_no) => set({ paper_no })} />
    </>
  );
}

function pointsFault(points: number | null): string | undefined {
  const fits = points === null || (Number.isInteger(points) && points >= 0 && points <= MOST_POINTS);
  return fits ? undefined : say({ vi: `Điểm là số tròn từ 0 đến ${MOST_POINTS}. Xin xem lại.`, en: `Points are a whole number from 0 to ${MOST_POINTS}. Please check.` });
}
