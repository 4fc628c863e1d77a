// A person who was not written down yet.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";

import { newMember } from "../../actions/people.ts";
import { memberFaults } from "../../forms/checks.ts";
import { today, uuid7 } from "../../ids.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { doubtsAbout } from "./doubts.ts";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { MemberFields } from "./MemberFields.tsx";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({ title: ["Thêm người", "Add a person"] });

/** The id is made with the form: however often it is saved, it is one person. */
export type NewMemberDraft = { id: Uuid; values: Data };

/** Most people of a household are of one people: the form proposes that of its head. */
export const newPerson = (ethnicity: unknown = null): Data => ({ merit_person: false, disability: "none", ethnicity });

type Props = { tablet: Tablet; householdId: Uuid; again: Uuid | undefined };

/** `again`: the id of the refused one that is put right. */
export function MemberNew(props: Props): JSX.Element {
  const household = props.tablet.register.household(props.householdId);
  return household === null || props.tablet.reference.value === null ? <NotHere tablet={props.tablet} home={props.householdId} /> : <New {...props} />;
}

function New({ tablet, householdId, again }: Props): JSX.Element {
  const initial = () => ({ id: uuid7(), values: newPerson(tablet.register.members(householdId)[0]?.data.ethnicity ?? null) });
  const about = { new_in: householdId, household: householdId, ...(again !== undefined && { again }) };
  const form = useDraft<NewMemberDraft>(tablet, "member", about, initial);
  const shown = useComputed(() => form.values.value.values);
  const { faults, works } = useChecked(() => {
    const { id, values } = form.values.peek();
    return { faults: memberFaults(values, today()), works: () => [newMember(id, householdId, values)] };
  });
  const set = (change: Data) => form.set({ values: { ...form.values.peek().values, ...change } });
  const doubts = () => doubtsAbout(tablet, [form.values.peek().values], householdId);
  const screen = { tablet, form, title: say(WORDS.title), fallback: ["household", householdId], works, doubts };
  return (
    <FormScreen {...screen}>
      <MemberFields values={shown} faults={faults} reference={tablet.reference.value!} today={today()} set={set} />
    </FormScreen>
  );
}
