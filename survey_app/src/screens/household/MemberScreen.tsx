// A person of a household is changed, or does not live there any more.

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";

import { baseOf } from "../../actions/changes.ts";
import { changeMember } from "../../actions/people.ts";
import { memberFaults } from "../../forms/checks.ts";
import { today } from "../../ids.ts";
import type { MemberData } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { Button } from "../parts.tsx";
import { goInstead } from "../route.ts";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { MemberFields } from "./MemberFields.tsx";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Sửa người trong hộ", "Change a person"],
  gone: ["Người này không còn ở hộ", "Does not live here any more"],
});

/** `base`, `before`: the record as it was when the form was opened. */
export type MemberDraft = { values: Data; base: number; before: Data };

export function MemberScreen({ tablet, id }: { tablet: Tablet; id: Uuid }): JSX.Element {
  const seen = tablet.register.member(id);
  return seen === null || tablet.reference.value === null ? <NotHere /> : <Edit tablet={tablet} id={id} seen={seen.data} />;
}

function Edit({ tablet, id, seen }: { tablet: Tablet; id: Uuid; seen: MemberData }): JSX.Element {
  // what is shown of the citizen number is masked: the form holds only what is typed anew
  const initial = () => ({ values: { ...seen, personal_id: null }, base: baseOf(tablet.register, id), before: { ...seen } });
  const form = useDraft<MemberDraft>(tablet, "member", { member: id, household: seen.household_id }, initial);
  const shown = useComputed(() => form.values.value.values);
  const { faults, works } = useChecked(() => {
    const { values, base, before } = form.values.peek();
    return { faults: memberFaults(values, today()), works: () => changeMember({ id, base, before }, values) };
  });
  const set = (change: Data) => form.set({ values: { ...form.values.peek().values, ...change } });
  const fields = { values: shown, faults, set, reference: tablet.reference.value!, today: today() };
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", seen.household_id]} works={works}>
      <MemberFields {...fields} masked={form.values.peek().before.personal_id as string | null} />
      <Button kind="danger" onPress={() => goInstead("member", id, "leave")}>{say(WORDS.gone)}</Button>
    </FormScreen>
  );
}
