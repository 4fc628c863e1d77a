// A new household with its people, written down in one go.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { newHousehold } from "../../actions/households.ts";
import { type Faults, householdFaults, memberFaults } from "../../forms/checks.ts";
import { today, uuid7 } from "../../ids.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { Button } from "../parts.tsx";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { HouseholdFields } from "./HouseholdFields.tsx";
import { MemberFields } from "./MemberFields.tsx";
import { newPerson } from "./MemberNew.tsx";
import { numberFault } from "./numbers_taken.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Hộ mới", "New household"],
  hamlet: ["Thuộc {hamlet}", "In {hamlet}"],
  head: ["Chủ hộ", "Head of the household"],
  person: ["Người thứ {number}", "Person {number}"],
  add: ["Thêm người", "Add a person"],
  drop: ["Bỏ người này", "Remove this person"],
});

type Person = { id: Uuid; values: Data };
/** The ids are made with the form: however often it is saved, it is one household. The first person is the head. */
export type NewHouseholdDraft = { id: Uuid; values: Data; people: Person[] };

const person = (values: Data): Person => ({ id: uuid7(), values });

export function HouseholdNew({ tablet, hamletId }: { tablet: Tablet; hamletId: Uuid }): JSX.Element {
  return tablet.reference.value === null ? <NotHere /> : <New tablet={tablet} hamletId={hamletId} />;
}

function New({ tablet, hamletId }: { tablet: Tablet; hamletId: Uuid }): JSX.Element {
  const reference = tablet.reference.value!;
  const initial = () => ({ id: uuid7(), values: { residence: "permanent" }, people: [person({ ...newPerson(), relation_to_head: "head" })] });
  const form = useDraft<NewHouseholdDraft>(tablet, "household", { new_in: hamletId }, initial);
  const [faults, setFaults] = useState<Record<string, Faults>>({});
  const { id, values, people } = form.values.value;
  const setPerson = (personId: Uuid, change: Data) =>
    form.set({ people: form.values.value.people.map((one) => (one.id === personId ? { ...one, values: { ...one.values, ...change } } : one)) });
  const works = () => {
    const found = faultsOf(tablet, hamletId, form.values.value);
    setFaults(found);
    return Object.keys(found).length > 0 ? null : newHousehold(id, hamletId, values, people, people[0]?.id ?? null);
  };
  const add = () => form.set({ people: [...people, person(newPerson(people[0]?.values.ethnicity ?? null))] });
  const hamlet = reference.areas.find((one) => one.id === hamletId);
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={[]} works={works}>
      {hamlet !== undefined && <p>{say(WORDS.hamlet, { hamlet: hamlet.full_name })}</p>}
      <HouseholdFields values={values} faults={faults[""] ?? {}} reference={reference} set={(change) => form.set({ values: { ...form.values.value.values, ...change } })} />
      {people.map((one, place) => (
        <section key={one.id} class="person">
          <h2>{place === 0 ? say(WORDS.head) : say(WORDS.person, { number: place + 1 })}</h2>
          <MemberFields values={one.values} faults={faults[one.id] ?? {}} reference={reference} today={today()} withoutRelation={place === 0} set={(change) => setPerson(one.id, change)} />
          {place > 0 && <Button kind="danger" onPress={() => form.set({ people: people.filter((other) => other.id !== one.id) })}>{say(WORDS.drop)}</Button>}
        </section>
      ))}
      <Button onPress={add}>{say(WORDS.add)}</Button>
    </FormScreen>
  );
}

/** By person; "" is the household. Empty where all is well. */
function faultsOf(tablet: Tablet, hamletId: Uuid, { id, values, people }: NewHouseholdDraft): Record<string, Faults> {
  const home = { ...householdFaults(values), ...numberFault(tablet.register, hamletId, values.household_no, id) };
  const all: [string, Faults][] = [["", home], ...people.map((one): [string, Faults] => [one.id, memberFaults(one.values, today())])];
  return Object.fromEntries(all.filter(([, faults]) => Object.keys(faults).length > 0));
}
