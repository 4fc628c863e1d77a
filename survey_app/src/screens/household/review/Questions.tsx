// A step of the form: a few questions. Each draws itself again when its own answer changes, and nothing else.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";

import { type Answers, cleaned, faultOf } from "../../../forms/answers.ts";
import type { Step } from "../../../forms/steps.ts";
import { isVisible } from "../../../scoring/rules.ts";
import type { Form, Question } from "../../../wire.ts";
import { say } from "../../../words/words.ts";
import { Choice, Choices, DateField, NumberField, TextField, YesNo } from "../../parts.tsx";
import type { Kept } from "../useDraft.ts";
import { REVIEW } from "./words.ts";

/** A form that is being filled in. */
export type Answering = { form: Form; draft: Kept<{ answers: Answers }> };

export function Questions({ filled, step }: { filled: Answering; step: Step }): JSX.Element {
  return <>{step.questions.map((one) => <Asked key={one.code} filled={filled} question={one} />)}</>;
}

function Asked({ filled, question }: { filled: Answering; question: Question }): JSX.Element | null {
  const { draft, form } = filled;
  const always = question.visible_if === true || question.visible_if === null;
  const shown = useComputed(() => always || isVisible(question, cleaned(form, draft.values.value.answers)));
  const value = useComputed(() => draft.values.value.answers[question.code] ?? null);
  if (!shown.value) return null;
  const answer = (given: unknown) => draft.set({ answers: { ...draft.values.peek().answers, [question.code]: given } });
  return <Field question={question} value={value.value} onAnswer={answer} />;
}

type FieldProps = { question: Question; value: unknown; onAnswer: (value: unknown) => void };

function Field({ question, value, onAnswer }: FieldProps): JSX.Element {
  const fault = faultOf(question, value);
  const shared = {
    label: say(question.label),
    required: question.required,
    fault: fault === null ? undefined : say(fault),
    onChange: onAnswer,
  };
  if (question.type === "single") return <Choice {...shared} value={value as string | null} options={question.options} />;
  if (question.type === "multi") return <Several {...shared} value={value as string[] | null} question={question} />;
  if (question.type === "boolean") return <YesNo {...shared} value={value as boolean | null} />;
  const { decimals, min, max } = question;
  if (question.type === "number") return <NumberField {...shared} value={value as number | string | null} {...{ decimals, min, max }} />;
  if (question.type === "date") return <DateField {...shared} value={value as string | null} />;
  return <TextField {...shared} value={value as string | null} long maxLength={2000} />;
}

type SeveralProps = {
  question: Question;
  value: string[] | null;
  onChange: (value: string[] | null) => void;
  label: string;
  fault?: string | undefined;
};

/** "None of these" is an answer of its own: who has pressed nothing has not been asked. */
function Several({ question, value, onChange, ...shared }: SeveralProps): JSX.Element {
  const chosen = value === null ? [] : value.length === 0 ? [NONE] : value;
  const change = (now: string[]) => {
    if (now.includes(NONE) && !chosen.includes(NONE)) return onChange([]);
    const codes = now.filter((one) => one !== NONE);
    onChange(codes.length === 0 ? null : codes);
  };
  return <Choices {...shared} value={chosen} options={[...question.options, { code: NONE, label: REVIEW.none_of_these }]} onChange={change} />;
}

const NONE = "";
