// A household is changed.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { baseOf } from "../../actions/changes.ts";
import { changeHousehold } from "../../actions/households.ts";
import { type Faults, householdFaults } from "../../forms/checks.ts";
import type { HouseholdData } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { HouseholdFields } from "./HouseholdFields.tsx";
import { numberFault } from "./numbers_taken.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({ title: ["Sửa thông tin hộ", "Change the household"] });

/** `base`, `before`: the record as it was when the form was opened. */
export type HouseholdDraft = { values: Data; base: number; before: Data };

export function HouseholdEdit({ tablet, id }: { tablet: Tablet; id: Uuid }): JSX.Element {
  const seen = tablet.register.household(id);
  return seen === null || tablet.reference.value === null ? <NotHere /> : <Edit tablet={tablet} id={id} seen={seen.data} />;
}

function Edit({ tablet, id, seen }: { tablet: Tablet; id: Uuid; seen: HouseholdData }): JSX.Element {
  const form = useDraft<HouseholdDraft>(tablet, "household", { household: id }, () => ({ values: { ...seen }, base: baseOf(tablet.register, id), before: { ...seen } }));
  const [faults, setFaults] = useState<Faults>({});
  const shown = useComputed(() => form.values.value.values);
  const works = () => {
    const { values, base, before } = form.values.peek();
    const found = { ...householdFaults(values), ...numberFault(tablet.register, seen.hamlet_id, values.household_no, id) };
    setFaults(found);
    return Object.keys(found).length > 0 ? null : changeHousehold({ id, base, before }, values);
  };
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", id]} works={works}>
      <HouseholdFields values={shown} faults={faults} reference={tablet.reference.value!} set={(change) => form.set({ values: { ...form.values.peek().values, ...change } })} />
    </FormScreen>
  );
}
