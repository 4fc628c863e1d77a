// The fields of a household, in a form.

import type { JSX } from "preact";

import type { Faults } from "../../forms/checks.ts";
import type { Data, Reference } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say } from "../../words/words.ts";
import { Choice, TextField, YesNo } from "../parts.tsx";
import { FIELDS } from "./field_words.ts";

type Props = { values: Data; set: (change: Data) => void; faults: Faults; reference: Reference };

export function HouseholdFields({ values, set, faults, reference }: Props): JSX.Element {
  const hidden = (values.withheld as string[] | undefined) ?? [];
  const said = (name: string) => (faults[name] === undefined ? undefined : say(faults[name]));
  const text = (name: string) => (values[name] as string | null | undefined) ?? null;
  const unable = values.no_labour_capacity === true;
  return (
    <>
      <TextField label={say(FIELDS.household_no)} value={text("household_no")} maxLength={20} fault={said("household_no")} onChange={(household_no) => set({ household_no })} />
      <TextField label={say(FIELDS.address)} value={text("address")} maxLength={300} onChange={(address) => set({ address })} />
      <TextField label={say(FIELDS.phone)} value={text("phone")} type="tel" inputMode="tel" maxLength={20} onChange={(phone) => set({ phone })} />
      <Choice label={say(FIELDS.residence)} value={text("residence")} required options={optionsOf(reference, "residence")} fault={said("residence")} onChange={(residence) => set({ residence })} />
      <YesNo label={say(FIELDS.no_labour_capacity)} value={unable} required onChange={(value) => set({ no_labour_capacity: value ?? false })} />
      {unable && !hidden.includes("no_labour_capacity_ground") && (
        <TextField label={say(FIELDS.no_labour_capacity_ground)} value={text("no_labour_capacity_ground")} maxLength={300} onChange={(ground) => set({ no_labour_capacity_ground: ground })} />
      )}
      <TextField label={say(FIELDS.note)} value={text("note")} long maxLength={2000} onChange={(note) => set({ note })} />
    </>
  );
}
