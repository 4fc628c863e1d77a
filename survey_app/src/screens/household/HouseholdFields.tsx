// The fields of a household, in a form.

import type { JSX } from "preact";

import type { Reference } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { type Bound, ChoiceOf, FlagOf, TextOf, useField } from "./BoundFields.tsx";

export function HouseholdFields({ reference, ...form }: Bound & { reference: Reference }): JSX.Element {
  return (
    <>
      <TextOf {...form} name="household_no" most={20} />
      <TextOf {...form} name="address" most={300} />
      <TextOf {...form} name="phone" most={20} type="tel" inputMode="tel" />
      <ChoiceOf {...form} name="residence" options={optionsOf(reference, "residence")} />
      <FlagOf {...form} name="no_labour_capacity" />
      <GroundOf {...form} />
      <TextOf {...form} name="note" most={2000} long />
    </>
  );
}

/** Why nobody can work: asked where nobody can, of whoever may see it. */
function GroundOf(form: Bound): JSX.Element | null {
  const hidden = useField<string[]>(form.values, "withheld") ?? [];
  const unable = useField<boolean>(form.values, "no_labour_capacity") === true;
  return unable && !hidden.includes("no_labour_capacity_ground") ? <TextOf {...form} name="no_labour_capacity_ground" most={300} /> : null;
}
