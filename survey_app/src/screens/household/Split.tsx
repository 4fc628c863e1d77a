// Some of a household's people form a household of their own in the same hamlet.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { baseOf } from "../../actions/changes.ts";
import { splitHousehold } from "../../actions/households.ts";
import type { Faults } from "../../forms/checks.ts";
import { uuid7 } from "../../ids.ts";
import type { HouseholdData, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, Choices, Notice, TextField } from "../parts.tsx";
import { FormScreen, NotHere, Select } from "./FormParts.tsx";
import { numberFault } from "./numbers_taken.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Tách hộ", "Split the household"],
  who: ["Những ai ra ở hộ mới?", "Who goes to the new household?"],
  stays: ["Chủ hộ {name} ở lại hộ cũ. Muốn chủ hộ ra riêng thì đổi chủ hộ trước.", "The head, {name}, stays. To let the head go, name another head first."],
  alone: ["Hộ chỉ có một người nên không tách được.", "There is only one person: nothing to split."],
  head: ["Ai là chủ hộ mới?", "Who is the new head?"],
  relation: ["{name} là gì của chủ hộ mới?", "What is {name} to the new head?"],
  choose: ["Xin chọn ít nhất một người.", "Choose at least one person, please."],
  stay: ["Phải còn ít nhất một người ở lại hộ cũ.", "Somebody has to stay."],
  choose_head: ["Xin chọn chủ hộ mới.", "Please choose the new head."],
  number: ["Số hộ của hộ mới (nếu đã có)", "Number of the new household (if it has one)"],
  address: ["Địa chỉ hộ mới", "Address of the new household"],
});

export type SplitDraft = { id: Uuid; chosen: Uuid[]; relations: Record<Uuid, string>; head: Uuid | null; household_no: string | null; address: string | null };

export function Split({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element {
  const household = tablet.register.household(householdId);
  return household === null || tablet.reference.value === null ? <NotHere /> : <Form tablet={tablet} household={household} />;
}

function Form({ tablet, household }: { tablet: Tablet; household: Seen<HouseholdData> }): JSX.Element {
  const { register } = tablet;
  const people = register.members(household.id);
  // as the office does it (api/households/splits.py): the head stays
  const may = people.filter((one) => one.id !== household.data.head_member_id);
  const head = people.find((one) => one.id === household.data.head_member_id);
  const initial = () => ({ id: uuid7(), chosen: [], relations: {}, head: null, household_no: null, address: household.data.address });
  const form = useDraft<SplitDraft>(tablet, "split", { household: household.id }, initial);
  const [faults, setFaults] = useState<Faults>({});
  const values = form.values.value;
  const leaving = may.filter((one) => values.chosen.includes(one.id));
  const works = () => {
    const found: Faults = numberFault(register, household.data.hamlet_id, values.household_no, values.id);
    if (leaving.length === 0) found.chosen = WORDS.choose;
    else if (leaving.length === people.length) found.chosen = WORDS.stay;
    else if (!leaving.some((one) => one.id === values.head)) found.head = WORDS.choose_head;
    setFaults(found);
    if (Object.keys(found).length > 0) return null;
    const moved = leaving.map(({ id, data }) => ({ id, base: baseOf(register, id), relation: data.relation_to_head, becomes: values.relations[id] ?? data.relation_to_head }));
    return splitHousehold(values.id, household.data, { household_no: values.household_no, address: values.address }, moved, values.head);
  };
  const said = (name: string) => (faults[name] === undefined ? undefined : say(faults[name]));
  const named = (list: typeof may) => list.map((one) => ({ code: one.id, label: { vi: one.data.full_name, en: one.data.full_name } }));
  const relation = (id: Uuid, code: string | null) => form.set({ relations: { ...form.values.value.relations, ...(code === null ? {} : { [id]: code }) } });
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", household.id]} works={works}>
      {head !== undefined && <Notice kind="info">{say(WORDS.stays, { name: head.data.full_name })}</Notice>}
      {people.length < 2 ? <Notice kind="warning">{say(WORDS.alone)}</Notice> : <Choices label={say(WORDS.who)} value={values.chosen} options={named(may)} fault={said("chosen")} onChange={(chosen) => form.set({ chosen })} />}
      {leaving.length > 0 && <Choice label={say(WORDS.head)} value={values.head} required options={named(leaving)} fault={said("head")} onChange={(chosen) => form.set({ head: chosen })} />}
      {leaving.filter((one) => one.id !== values.head).map((one) => (
        <Select key={one.id} label={say(WORDS.relation, { name: one.data.full_name })} value={values.relations[one.id] ?? one.data.relation_to_head} options={optionsOf(tablet.reference.value!, "relation").filter((option) => option.code !== "head")} onChange={(code) => relation(one.id, code)} />
      ))}
      <TextField label={say(WORDS.number)} value={values.household_no} maxLength={20} fault={said("household_no")} onChange={(household_no) => form.set({ household_no })} />
      <TextField label={say(WORDS.address)} value={values.address} maxLength={300} onChange={(address) => form.set({ address })} />
    </FormScreen>
  );
}
