// A value of a record, typed by an officer: of the kind that the field is.

import type { JSX } from "preact";

import type { Reference } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { fieldName, listOf } from "../../words/fields.ts";
import { Choice, DateField, NumberField, TextField, YesNo } from "../parts.tsx";

const DATES = ["birth_date", "left_on", "surveyed_on", "received_on", "screened_on", "delivered_on"];
const NUMBERS = ["birth_year", "b1_entered", "quantity", "amount_vnd"];
const YES_NO = [
  "no_labour_capacity", "right_level", "labour_contract", "health_insurance", "social_allowance", "pension", "merit_person",
  "passed",
];

/** Letters where a number is asked for: the field says so, and it is not sent. */
export const isOdd = (field: string, value: unknown): boolean => NUMBERS.includes(field) && typeof value === "string";

export function ValueField(props: { reference: Reference | null; field: string; value: unknown; onChange: (value: unknown) => void }): JSX.Element {
  const { reference, field, value, onChange } = props;
  const shared = { label: fieldName(field), onChange };
  const list = listOf(field);
  if (list !== null && reference !== null) return <Choice {...shared} value={value as string | null} options={optionsOf(reference, list)} />;
  if (DATES.includes(field)) return <DateField {...shared} value={value as string | null} />;
  if (NUMBERS.includes(field)) return <NumberField {...shared} value={value as number | string | null} />;
  if (YES_NO.includes(field)) return <YesNo {...shared} value={value as boolean | null} mayBeUnknown />;
  return <TextField {...shared} value={value as string | null} />;
}
