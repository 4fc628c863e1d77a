// A new household with its people, written down in one go.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { newHousehold } from "../../actions/households.ts";
import { type Faults, householdFaults, memberFaults } from "../../forms/checks.ts";
import { today, uuid7 } from "../../ids.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Reference, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { Button } from "../parts.tsx";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { HouseholdFields } from "./HouseholdFields.tsx";
import { MemberFields } from "./MemberFields.tsx";
import { doubtsAbout } from "./doubts.ts";
import { newPerson } from "./MemberNew.tsx";
import { numberFault } from "./numbers_taken.ts";
import { type Kept, useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Hộ mới", "New household"],
  hamlet: ["Thuộc {hamlet}", "In {hamlet}"],
  head: ["Chủ hộ", "Head of the household"],
  person: ["Người thứ {number}", "Person {number}"],
  add: ["Thêm người", "Add a person"],
  drop: ["Bỏ người này", "Remove this person"],
});

type Person = { id: Uuid; values: Data };
/** The ids are made with the form: however often it is saved, it is one household. The first person is the head; `head`:
 * who is it where the people were sent before (a refused household that is put right). */
export type NewHouseholdDraft = { id: Uuid; values: Data; people: Person[]; head: Uuid | null };

const person = (values: Data): Person => ({ id: uuid7(), values });

type Props = { tablet: Tablet; hamletId: Uuid; again: Uuid | undefined };

/** `again`: the id of the refused one that is put right. */
export function HouseholdNew(props: Props): JSX.Element {
  return props.tablet.reference.value === null ? <NotHere /> : <New {...props} />;
}

function New({ tablet, hamletId, again }: Props): JSX.Element {
  const reference = tablet.reference.value!;
  const first = () => person({ ...newPerson(), relation_to_head: "head" });
  const initial = () => ({ id: uuid7(), values: { residence: "permanent" }, people: [first()], head: null });
  const form = useDraft<NewHouseholdDraft>(tablet, "household", { new_in: hamletId, ...(again !== undefined && { again }) }, initial);
  const [faults, setFaults] = useState<Record<string, Faults>>({});
  const home = useComputed(() => form.values.value.values);
  // who there is: changed by one who comes or goes, not by a key press
  const ids = useComputed(() => form.values.value.people.map((one) => one.id).join(" ")).value.split(" ").filter(Boolean);
  const works = () => {
    const { id, values, people, head } = form.values.peek();
    const found = faultsOf(tablet, hamletId, form.values.peek());
    setFaults(found);
    return Object.keys(found).length > 0 ? null : newHousehold(id, hamletId, values, people, head ?? people[0]?.id ?? null);
  };
  const add = () => {
    const { people } = form.values.peek();
    form.set({ people: [...people, person(newPerson(people[0]?.values.ethnicity ?? null))] });
  };
  const doubts = () => {
    const { id, people } = form.values.peek();
    return doubtsAbout(tablet, people.map((one) => one.values), id);
  };
  const screen = { tablet, form, title: say(WORDS.title), fallback: [], after: ["household", form.values.peek().id] };
  const hamlet = reference.areas.find((one) => one.id === hamletId);
  return (
    <FormScreen {...screen} works={works} doubts={doubts}>
      {hamlet !== undefined && <p>{say(WORDS.hamlet, { hamlet: hamlet.full_name })}</p>}
      <HouseholdFields
        values={home}
        faults={faults[""] ?? {}}
        reference={reference}
        set={(change) => form.set({ values: { ...form.values.peek().values, ...change } })}
      />
      {ids.map((id, place) => <NewPerson key={id} id={id} place={place} form={form} faults={faults[id] ?? {}} reference={reference} />)}
      <Button onPress={add}>{say(WORDS.add)}</Button>
    </FormScreen>
  );
}

type PersonProps = { id: Uuid; place: number; form: Kept<NewHouseholdDraft>; faults: Faults; reference: Reference };

function NewPerson({ id, place, form, faults, reference }: PersonProps): JSX.Element {
  const values = useComputed(() => form.values.value.people.find((one) => one.id === id)?.values ?? {});
  const people = (change: (one: Person) => Person[]) =>
    form.set({ people: form.values.peek().people.flatMap((one) => (one.id === id ? change(one) : [one])) });
  const isHead = place === 0 && form.values.peek().head === null;
  return (
    <section class="card person">
      <h2>{isHead ? say(WORDS.head) : say(WORDS.person, { number: place + 1 })}</h2>
      <MemberFields
        values={values}
        faults={faults}
        reference={reference}
        today={today()}
        withoutRelation={isHead}
        set={(change) => people((one) => [{ ...one, values: { ...one.values, ...change } }])}
      />
      {!isHead && <Button kind="danger" onPress={() => people(() => [])}>{say(WORDS.drop)}</Button>}
    </section>
  );
}

/** By person; "" is the household. Empty where all is well. */
function faultsOf(tablet: Tablet, hamletId: Uuid, { id, values, people }: NewHouseholdDraft): Record<string, Faults> {
  const home = { ...householdFaults(values), ...numberFault(tablet.register, hamletId, values.household_no, id) };
  const all: [string, Faults][] = [["", home], ...people.map((one): [string, Faults] => [one.id, memberFaults(one.values, today())])];
  return Object.fromEntries(all.filter(([, faults]) => Object.keys(faults).length > 0));
}
