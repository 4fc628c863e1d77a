// What a review comes to, on the tablet: the server's rules over the answers and the people.

import type { MemberData, Seen } from "../register/register.ts";
import { facts } from "../scoring/facts.ts";
import { assess, type Assessment, columnOf, type Contradiction, contradictions } from "../scoring/rules.ts";
import type { Data, Day, Form, Reference, Round, Uuid } from "../wire.ts";
import { type Answers, cleaned } from "./answers.ts";

/** The form that reviews are filled in on (records.md). */
const REVIEW_FORM = "form-b";

export type Place = { area_type: string; region: string | null };
export type Judged = { assessment: Assessment; contradictions: Contradiction[] };
export type Asked = { form: Form; answers: Answers; members: Seen<MemberData>[]; place: Place; on: Day; b1Entered: number | null };

/** The form of a round; null until the reference data has it. */
export function formOf(reference: Reference, round: Round): Form | null {
  const fits = (form: Form) => form.scoring.standard.code === round.standard_code && form.scoring.standard.version === round.standard_version;
  return reference.forms.find((form) => form.code === REVIEW_FORM && fits(form)) ?? null;
}

export function placeOf(reference: Reference, hamletId: Uuid): Place {
  const area = reference.areas.find((one) => one.id === hamletId);
  // as the server calls a place of which nobody has said it
  return { area_type: area?.area_type ?? "None", region: area?.region ?? null };
}

/** Are the points of B1 computed? Else the total comes from the signed paper (records.md, `b1_entered`). */
export function pointsComputed(form: Form, place: Place): boolean {
  return Boolean(form.scoring.points_known) && columnOf(form.scoring, place.area_type, place.region) !== null;
}

/** `members`: all that are registered there, those who have left too: the day decides who counts. */
export function judged({ form, answers, members, place, on, b1Entered }: Asked): Judged {
  const { scoring } = form;
  const people = members.map((one) => ({ ...one.data, id: one.id }));
  const known = facts(cleaned(form, answers), people, { on, ...place, school_year_starts: scoring.school_year_starts });
  const entered = pointsComputed(form, place) ? null : b1Entered;
  return { assessment: assess(scoring, known, entered), contradictions: contradictions(scoring, known) };
}

/** What is sent of it, beside which the server puts its own. */
export function deviceResult({ b1, b2, proposed_class, deprivations }: Assessment): Data {
  return { b1, b2, proposed_class, deprivations };
}
