// What a review says beside the form: causes, needs, who answered, and what the signed paper says.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";

import { dayFault, MOST_POINTS, pointsFault, type ReviewValues } from "../../../forms/review.ts";
import { today } from "../../../ids.ts";
import { optionsOf } from "../../../words/codes.ts";
import { say } from "../../../words/words.ts";
import { Choices, DateField, NumberField, TextField } from "../../parts.tsx";
import type { Filling } from "./state.ts";
import { REVIEW } from "./words.ts";

type Props = { filled: Filling };
/** One value of the draft: its field is drawn again when it changes, and no other one. */
function useOf<Name extends keyof ReviewValues>({ filled }: Props, name: Name): ReviewValues[Name] {
  return useComputed(() => filled.draft.values.value[name]).value;
}

export function More(props: Props): JSX.Element {
  return (
    <>
      <Codes {...props} name="causes" list="cause" />
      <Codes {...props} name="needs" list="need" />
      <Day {...props} />
      <Text {...props} name="respondent" most={120} />
      {!props.filled.pointsComputed && <Points {...props} />}
      <Text {...props} name="paper_no" most={20} />
    </>
  );
}

function Codes({ name, list, ...props }: Props & { name: "causes" | "needs"; list: string }): JSX.Element {
  const { draft, tablet } = props.filled;
  const options = optionsOf(tablet.reference.value!, list);
  return <Choices label={say(REVIEW[name])} value={useOf(props, name)} options={options} onChange={(codes) => draft.set({ [name]: codes })} />;
}

function Day(props: Props): JSX.Element {
  const { draft, round } = props.filled;
  const value = useOf(props, "surveyed_on");
  const fault = dayFault(round, value, today());
  return (
    <DateField
      label={say(REVIEW.surveyed_on)}
      value={value}
      min={round.opens_on}
      max={today()}
      required
      fault={fault === null ? undefined : say(fault)}
      onChange={(on) => draft.set({ surveyed_on: on ?? "" })}
    />
  );
}

function Text({ name, most, ...props }: Props & { name: "respondent" | "paper_no"; most: number }): JSX.Element {
  const change = (text: string | null) => props.filled.draft.set({ [name]: text });
  return <TextField label={say(REVIEW[name])} value={useOf(props, name)} maxLength={most} onChange={change} />;
}

function Points(props: Props): JSX.Element {
  const value = useOf(props, "b1_entered");
  const fault = pointsFault(value);
  return (
    <NumberField
      label={say(REVIEW.b1_entered)}
      hint={say(REVIEW.b1_hint)}
      value={value}
      min={0}
      max={MOST_POINTS}
      fault={fault === null ? undefined : say(fault)}
      onChange={(points) => props.filled.draft.set({ b1_entered: points })}
    />
  );
}
