// Another person becomes the head of the household.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { baseOf } from "../../actions/changes.ts";
import { changeHead } from "../../actions/households.ts";
import type { Faults } from "../../forms/checks.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, Notice } from "../parts.tsx";
import { FormScreen, NotHere, Select } from "./FormParts.tsx";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Đổi chủ hộ", "Another head"],
  head: ["Ai là chủ hộ?", "Who is the head?"],
  becomes: ["{name} là gì của chủ hộ mới?", "What is {name} to the new head?"],
  others: ["Sau khi lưu, xin xem lại quan hệ của những người khác với chủ hộ mới.", "After saving, check what the others are to the new head."],
  choose: ["Xin chọn.", "Please choose."],
});

export type HeadDraft = { head: Uuid | null; becomes: string | null };

export function HeadChange({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element {
  const household = tablet.register.household(householdId);
  if (household === null || tablet.reference.value === null) return <NotHere />;
  return <Form tablet={tablet} householdId={householdId} headId={household.data.head_member_id} />;
}

function Form({ tablet, householdId, headId }: { tablet: Tablet; householdId: Uuid; headId: Uuid | null }): JSX.Element {
  const { register } = tablet;
  const people = register.members(householdId);
  const form = useDraft<HeadDraft>(tablet, "head", { household: householdId }, () => ({ head: headId, becomes: null }));
  const [faults, setFaults] = useState<Faults>({});
  const { head, becomes } = form.values.value;
  const person = (id: Uuid | null) => {
    const found = people.find((one) => one.id === id);
    return found === undefined ? null : { id: found.id, base: baseOf(register, found.id), relation: found.data.relation_to_head, name: found.data.full_name };
  };
  const old = head === headId ? null : person(headId);
  const works = () => {
    const next = person(head);
    const found: Faults = { ...(next === null ? { head: WORDS.choose } : {}), ...(old !== null && becomes === null ? { becomes: WORDS.choose } : {}) };
    setFaults(found);
    if (next === null || Object.keys(found).length > 0) return null;
    if (head === headId) return [];
    return changeHead({ id: householdId, base: baseOf(register, householdId) }, next, old === null ? null : { ...old, becomes: becomes! });
  };
  const options = people.map((one) => ({ code: one.id, label: { vi: one.data.full_name, en: one.data.full_name } }));
  const relations = optionsOf(tablet.reference.value!, "relation").filter((one) => one.code !== "head");
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", householdId]} works={works}>
      <Choice label={say(WORDS.head)} value={head} required options={options} fault={faults.head && say(faults.head)} onChange={(chosen) => form.set({ head: chosen })} />
      {old !== null && <Select label={say(WORDS.becomes, { name: old.name })} value={becomes} required options={relations} fault={faults.becomes && say(faults.becomes)} onChange={(code) => form.set({ becomes: code })} />}
      <Notice kind="info">{say(WORDS.others)}</Notice>
    </FormScreen>
  );
}
