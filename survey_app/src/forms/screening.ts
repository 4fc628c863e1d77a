// Phiếu A of a request: what its draft holds, what its rule says, and what still stands in the way of saving it. The items
// and the rule come with the reference data; where they are not known, a person says what was found, and why.

import { needsB } from "../scoring/needs_b.ts";
import type { Data, Day, Form, Reference, Words } from "../wire.ts";
import { type Answers, cleaned, faulty, unanswered } from "./answers.ts";
import { dayFault } from "./checks.ts";
import type { Gap } from "./review.ts";
import { shownSteps, type Step, stepOf } from "./steps.ts";

const FORM_A = "form-a";

/** `base`, `before`: of a result that is corrected, the version and the values that were seen. */
export type ScreeningValues = {
  answers: Answers;
  passed: boolean | null;
  reason: string | null;
  screened_on: Day;
  base: number | null;
  before: Data;
};

/** Of the standard in force; a standard for training decides about nobody. null: this tablet has none. */
export function formA(reference: Reference, today: Day): Form | null {
  const holds = ({ scoring }: Form) => scoring.valid_from <= today && (scoring.valid_to === null || today <= scoring.valid_to);
  const found = reference.forms.filter((form) => form.code === FORM_A && !scoringIsTraining(form) && holds(form));
  return found.sort((one, other) => (one.scoring.valid_from < other.scoring.valid_from ? 1 : -1))[0] ?? null;
}

const scoringIsTraining = ({ scoring }: Form): boolean => Boolean(scoring.training);

/** Are its questions known? Else it is filled in on paper. */
export const hasItems = (form: Form | null): form is Form => form !== null && form.questions.length > 0;

/** What the rule says of the answers; null where a person has to. */
export const ruled = (form: Form | null, answers: Answers): boolean | null => (hasItems(form) ? needsB(form, cleaned(form, answers)) : null);

export type ScreeningStep = { kind: "questions"; key: string; step: Step } | { kind: "result"; key: string };

export function screeningSteps(form: Form, answers: Answers): ScreeningStep[] {
  return [...shownSteps(form, answers).map((step): ScreeningStep => ({ kind: "questions", key: step.key, step })), { kind: "result", key: "result" }];
}

/** Questions to be answered, or answered otherwise, before it can be saved. */
export function screeningGaps(form: Form, answers: Answers): Gap[] {
  const missing = unanswered(form, answers).map((one) => ({ code: one.code, said: one.label }));
  const wrong = faulty(form, answers).map(({ question, said }) => ({ code: question.code, said }));
  return [...missing, ...wrong].map(({ code, said }) => ({ step: stepOf(form, code)!.key, said }));
}

/** field -> what is wrong with it, beside the questions. */
export function screeningFaults(form: Form | null, values: ScreeningValues, today: Day): Record<string, Words> {
  const byPerson = ruled(form, values.answers) === null;
  const day = dayFault(values.screened_on, today);
  return {
    ...(byPerson && values.passed === null ? { passed: CHOOSE } : {}),
    ...(byPerson && (values.reason ?? "").trim() === "" ? { reason: WHY } : {}),
    ...(day === null ? {} : { screened_on: day }),
  };
}

const CHOOSE = { vi: "Xin chọn một kết quả.", en: "Please choose a result." };
const WHY = { vi: "Xin ghi lý do: câu trả lời này do người quyết định.", en: "Say why, please: a person has decided this." };
