// A household is changed.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";

import { baseOf } from "../../actions/changes.ts";
import { changeHousehold } from "../../actions/households.ts";
import { householdFaults } from "../../forms/checks.ts";
import type { HouseholdData } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { HouseholdFields } from "./HouseholdFields.tsx";
import { numberFault } from "./numbers_taken.ts";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({ title: ["Sửa thông tin hộ", "Change the household"] });

/** `base`, `before`: the record as it was when the form was opened. */
export type HouseholdDraft = { values: Data; base: number; before: Data };

export function HouseholdEdit({ tablet, id }: { tablet: Tablet; id: Uuid }): JSX.Element {
  const seen = tablet.register.household(id);
  return seen === null || tablet.reference.value === null ? <NotHere tablet={tablet} home={id} /> : <Edit tablet={tablet} id={id} seen={seen.data} />;
}

function Edit({ tablet, id, seen }: { tablet: Tablet; id: Uuid; seen: HouseholdData }): JSX.Element {
  const { register, reference } = tablet;
  const initial = () => ({ values: { ...seen }, base: baseOf(register, id), before: { ...seen } });
  const form = useDraft<HouseholdDraft>(tablet, "household", { household: id }, initial);
  const shown = useComputed(() => form.values.value.values);
  const { faults, works } = useChecked(() => {
    const { values, base, before } = form.values.peek();
    const found = { ...householdFaults(values), ...numberFault(register, seen.hamlet_id, values.household_no, id) };
    return { faults: found, works: () => changeHousehold({ id, base, before }, values) };
  });
  const set = (change: Data) => form.set({ values: { ...form.values.peek().values, ...change } });
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", id]} works={works}>
      <HouseholdFields values={shown} faults={faults} reference={reference.value!} set={set} />
    </FormScreen>
  );
}
