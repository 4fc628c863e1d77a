// Whether answers fit their form: what the server checks (api/standards/form_rules.py), said before anything is sent.

import { isVisible } from "../scoring/rules.ts";
import type { Form, Question, Words } from "../wire.ts";

export type Answers = Record<string, unknown>;

/** Is there an answer? An empty list is one: "none of these". */
export const isGiven = (value: unknown): boolean => value !== null && value !== undefined && value !== "";

/** The answers that count: of questions of the form that are asked with the others. What was answered before another
 * answer hid the question stays in the draft, and is not sent. */
export function cleaned(form: Form, answers: Answers): Answers {
  let kept: Answers = {};
  for (const { code, type } of form.questions) {
    // letters where a number is asked for: pointed out (faulty), and counted as nothing
    const counts = isGiven(answers[code]) && (type !== "number" || typeof answers[code] === "number");
    if (counts) kept[code] = answers[code];
  }
  for (;;) {
    const hidden = form.questions.filter((one) => one.code in kept && !isVisible(one, kept));
    if (hidden.length === 0) return kept;
    kept = Object.fromEntries(Object.entries(kept).filter(([code]) => !hidden.some((one) => one.code === code)));
  }
}

/** The questions that are asked with these answers. */
export function asked(form: Form, answers: Answers): Question[] {
  const counting = cleaned(form, answers);
  return form.questions.filter((one) => isVisible(one, counting));
}

/** Those that must be answered and are not. */
export function unanswered(form: Form, answers: Answers): Question[] {
  return asked(form, answers).filter((one) => one.required && !isGiven(answers[one.code]));
}

/** Those that may be left out and were: what they would say is not known. */
export function leftOut(form: Form, answers: Answers): Question[] {
  return asked(form, answers).filter((one) => !one.required && !isGiven(answers[one.code]));
}

/** The questions whose answer does not fit, with what is wrong. */
export function faulty(form: Form, answers: Answers): { question: Question; said: Words }[] {
  return asked(form, answers).flatMap((question) => {
    const said = faultOf(question, answers[question.code]);
    return said === null ? [] : [{ question, said }];
  });
}

/** What is wrong with an answer; null where it fits, or there is none. */
export function faultOf(question: Question, value: unknown): Words | null {
  if (!isGiven(value)) return null;
  if (!fits(question, value)) return WRONG;
  return question.type === "number" ? numberFault(question, value as number) : null;
}

const WRONG = {
  vi: "Câu trả lời này không hợp với câu hỏi: xin trả lời lại.",
  en: "This does not fit the question: please answer it again.",
};
const LONGEST_TEXT = 2000;

function fits(question: Question, value: unknown): boolean {
  const known = (code: unknown) => question.options.some((one) => one.code === code);
  if (question.type === "single") return known(value);
  if (question.type === "multi") return Array.isArray(value) && value.every(known);
  if (question.type === "boolean") return typeof value === "boolean";
  if (question.type === "number") return typeof value === "number" && Number.isFinite(value);
  if (question.type === "date") return typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);
  return typeof value === "string" && value.length <= LONGEST_TEXT;
}

function numberFault({ min, max, decimals = 0 }: Question, value: number): Words | null {
  if (min !== null && max !== null && (value < min || value > max)) {
    return { vi: `Số này phải từ ${min} đến ${max}. Xin xem lại.`, en: `This should be between ${min} and ${max}. Please check.` };
  }
  if (min !== null && value < min) return { vi: `Số này ít nhất là ${min}. Xin xem lại.`, en: `This is at least ${min}. Please check.` };
  if (max !== null && value > max) return { vi: `Số này nhiều nhất là ${max}. Xin xem lại.`, en: `This is at most ${max}. Please check.` };
  if (Number(value.toFixed(decimals)) === value) return null;
  if (decimals === 0) return { vi: "Xin ghi số tròn, không có số lẻ.", en: "A whole number, please." };
  return { vi: `Xin ghi nhiều nhất ${decimals} số lẻ.`, en: `At most ${decimals} decimals, please.` };
}
