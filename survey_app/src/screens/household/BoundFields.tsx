// Fields bound to what a form holds: each draws itself again when its own value changes, and nothing else does. A key
// press in a form of thirty fields costs one field.

import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { JSX } from "preact";

import type { Faults } from "../../forms/checks.ts";
import type { Data, Option } from "../../wire.ts";
import { language, say } from "../../words/words.ts";
import { Choice, DateField, NumberField, TextField, YesNo } from "../parts.tsx";
import { FIELDS } from "./field_words.ts";
import { Select } from "./FormParts.tsx";

/** What the fields of a form share. */
export type Bound = { values: ReadonlySignal<Data>; set: (change: Data) => void; faults: Faults };
export type FieldName = keyof typeof FIELDS;
type Props = Bound & { name: FieldName };

/** The value of one field, and nothing else of the form. */
export function useField<Value>(values: ReadonlySignal<Data>, name: string): Value | null {
  return useComputed(() => (values.value[name] as Value | undefined) ?? null).value;
}

const shared = ({ name, set, faults }: Props) => ({
  label: say(FIELDS[name]),
  fault: faults[name] === undefined ? undefined : say(faults[name]),
  onChange: (value: unknown) => set({ [name]: value }),
});

type TextProps = { most: number; long?: boolean; required?: boolean; hint?: string; type?: "tel"; inputMode?: "numeric" | "tel" };

export function TextOf({ most, ...props }: Props & TextProps): JSX.Element {
  const { long, required, hint, type, inputMode } = props;
  const value = useField<string>(props.values, props.name);
  return <TextField {...shared(props)} {...{ value, long, required, hint, type, inputMode }} maxLength={most} />;
}

export function ChoiceOf({ options, ...props }: Props & { options: Option[] }): JSX.Element {
  return <Choice {...shared(props)} value={useField<string>(props.values, props.name)} options={options} required />;
}

type SelectProps = { options: Option[]; required?: boolean; none?: string | null };

/** `none`: what stands where nothing is chosen. */
export function SelectOf({ options, required, none = null, ...props }: Props & SelectProps): JSX.Element {
  const value = useField<string>(props.values, props.name);
  const change = (code: string | null) => props.set({ [props.name]: code ?? none });
  return <Select {...shared(props)} value={value} options={options} required={required} onChange={change} />;
}

export function DayOf({ max, ...props }: Props & { max: string }): JSX.Element {
  return <DateField {...shared(props)} value={useField<string>(props.values, props.name)} min="1900-01-01" max={max} />;
}

export function NumberOf(props: Props): JSX.Element {
  return <NumberField key={language.value} {...shared(props)} value={useField<number | string>(props.values, props.name)} required />;
}

/** Yes, no, or not known. */
export function KnownOf(props: Props): JSX.Element {
  return <YesNo {...shared(props)} value={useField<boolean>(props.values, props.name)} mayBeUnknown />;
}

/** Yes or no. */
export function FlagOf(props: Props): JSX.Element {
  const value = useField<boolean>(props.values, props.name) === true;
  return <YesNo {...shared(props)} value={value} required onChange={(on) => props.set({ [props.name]: on ?? false })} />;
}
