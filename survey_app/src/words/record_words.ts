// A record as a person reads it, line by line: answers by their questions, people and households by their names. What is
// only for machines (the form's hash, what the tablet reckoned) is left out.

import type { Register } from "../register/register.ts";
import type { Data, Form, Question, Reference } from "../wire.ts";
import { fieldName, valueWords } from "./fields.ts";
import { householdName } from "./work_words.ts";
import { language, say, texts } from "./words.ts";

const WORDS = texts({
  yes: ["Có", "Yes"],
  no: ["Không", "No"],
  none: ["Không có mục nào", "None of these"],
  files: ["{n} tệp", "{n} files"],
});

export type RecordLine = { key: string; label: string; words: string };
type Known = { register: Register; reference: Reference | null };

const HIDDEN = ["form", "device_result", "position", "round_id", "hamlet_id", "intervention_id", "sheet_line_id", "organisation_id", "request_id"];

export function recordLines(known: Known, data: Data): RecordLine[] {
  const shown = Object.entries(data).filter(([name]) => !HIDDEN.includes(name));
  return shown.flatMap(([name, value]) => (name === "answers" ? answerLines(known.reference, value as Data | null, data.form) : [{ key: name, label: fieldName(name), words: words(known, name, value) }]));
}

function words({ register, reference }: Known, name: string, value: unknown): string {
  if (typeof value === "string" && name.endsWith("member_id")) return register.member(value)?.data.full_name ?? value;
  if (typeof value === "string" && name === "household_id") return householdName(register, value) || value;
  if (name === "attachments" && Array.isArray(value)) return say(WORDS.files, { n: value.length });
  return valueWords(reference, name, value);
}

function answerLines(reference: Reference | null, answers: Data | null, said: unknown): RecordLine[] {
  const form = formOf(reference, said as Partial<Form> | null);
  return Object.entries(answers ?? {}).map(([code, value]) => {
    const question = form?.questions.find((one) => one.code === code);
    const label = question === undefined ? code : question.label[language.value];
    return { key: `answers/${code}`, label, words: question === undefined ? valueWords(reference, code, value) : answerWords(question, value) };
  });
}

/** The form that a review names, or another version of it. */
function formOf(reference: Reference | null, said: Partial<Form> | null): Form | undefined {
  const forms = reference?.forms ?? [];
  return forms.find((one) => one.code === said?.code && one.version === said?.version) ?? forms.find((one) => one.code === said?.code);
}

function answerWords(question: Question, value: unknown): string {
  if (typeof value === "boolean") return say(value ? WORDS.yes : WORDS.no);
  if (Array.isArray(value)) return value.length === 0 ? say(WORDS.none) : value.map((one) => answerWords(question, one)).join(", ");
  const option = question.options.find((one) => one.code === value);
  return option === undefined ? valueWords(null, question.code, value) : say(option.label);
}
