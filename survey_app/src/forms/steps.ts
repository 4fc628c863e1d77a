// A form in steps of a few questions, so that a screen holds them: never two sections on one.

import { isVisible } from "../scoring/rules.ts";
import type { Form, Question } from "../wire.ts";
import { type Answers, cleaned } from "./answers.ts";

const MOST = 4;

/** `part` of `parts` of its section. */
export type Step = { key: string; section: string; part: number; parts: number; questions: Question[] };

/** All steps of a form, whatever is answered: a question never wanders to another screen while one answers. */
export function stepsOf(form: Form): Step[] {
  const sections = new Map<string, Question[]>();
  for (const one of form.questions) sections.set(one.section, [...(sections.get(one.section) ?? []), one]);
  return [...sections].flatMap(([section, questions]) => {
    const parts = Math.ceil(questions.length / MOST);
    return Array.from({ length: parts }, (_, place) => ({
      key: `${section}-${place + 1}`,
      section,
      part: place + 1,
      parts,
      questions: questions.slice(Math.ceil((place * questions.length) / parts), Math.ceil(((place + 1) * questions.length) / parts)),
    }));
  });
}

/** Those of them on which something is asked. */
export function shownSteps(form: Form, answers: Answers): Step[] {
  const counting = cleaned(form, answers);
  return stepsOf(form).filter((step) => step.questions.some((one) => isVisible(one, counting)));
}

/** The step that asks this question. */
export function stepOf(form: Form, code: string): Step | undefined {
  return stepsOf(form).find((step) => step.questions.some((one) => one.code === code));
}
