// Somebody does not live in the household any more: since when, why, and who is its head then.

import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { baseOf } from "../../actions/changes.ts";
import { changeHead } from "../../actions/households.ts";
import { leave, stay } from "../../actions/people.ts";
import { type Faults, leavingFaults } from "../../forms/checks.ts";
import { today } from "../../ids.ts";
import type { MemberData, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, DateField, Notice } from "../parts.tsx";
import { FIELDS } from "./field_words.ts";
import { FormScreen, NotHere, Select } from "./FormParts.tsx";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Không còn ở hộ", "Does not live here any more"],
  who: ["{name} không còn sống trong hộ.", "{name} does not live in the household any more."],
  head: ["Ai là chủ hộ từ nay?", "Who is the head from now on?"],
  choose: ["Xin chọn chủ hộ mới.", "Please choose a new head."],
  last: ["Đây là người cuối cùng của hộ. Xin báo cán bộ xã để kết thúc hộ.", "This is the last person of the household: tell the commune officer, who ends it."],
  relation_now: ["Xin chọn quan hệ với chủ hộ hiện nay.", "Say what the person is to the head of today."],
  back_title: ["Vẫn ở hộ", "Lives here after all"],
  back: ["{name} đã được ghi là không còn ở hộ. Bấm Lưu nếu người này vẫn sống trong hộ.", "{name} was written down as gone. Press Save if the person lives here after all."],
});

export type LeavingDraft = { left_on: string | null; left_reason: string | null; head: Uuid | null; base: number };

type BackDraft = { base: number; relation: string | null };

export function MemberLeave({ tablet, id }: { tablet: Tablet; id: Uuid }): JSX.Element {
  const seen = tablet.register.member(id);
  if (seen === null || tablet.reference.value === null) return <NotHere />;
  return seen.data.left_on ? <Back tablet={tablet} seen={seen} /> : <Leave tablet={tablet} seen={seen} />;
}

function Leave({ tablet, seen }: { tablet: Tablet; seen: Seen<MemberData> }): JSX.Element {
  const { id, data } = seen;
  const householdId = data.household_id;
  const household = tablet.register.household(householdId);
  const staying = tablet.register.members(householdId).filter((one) => one.id !== id);
  const isHead = household?.data.head_member_id === id && staying.length > 0;
  const initial = () => ({ left_on: today(), left_reason: null, head: null, base: baseOf(tablet.register, id) });
  const form = useDraft<LeavingDraft>(tablet, "leaving", { member: id, household: householdId }, initial);
  const [faults, setFaults] = useState<Faults>({});
  const { left_on, left_reason, head, base } = form.values.value;
  const works = () => {
    const found: Faults = leavingFaults(data, form.values.value, today());
    if (isHead && head === null) found.head = WORDS.choose;
    setFaults(found);
    if (Object.keys(found).length > 0) return null;
    const next = isHead ? staying.find((one) => one.id === head) : undefined;
    const gone = leave({ id, base, before: data }, left_on!, left_reason!);
    if (next === undefined) return [gone];
    const person = { id: next.id, base: baseOf(tablet.register, next.id), relation: next.data.relation_to_head };
    return [gone, ...changeHead({ id: householdId, base: baseOf(tablet.register, householdId) }, person, null)];
  };
  const reference = tablet.reference.value!;
  const said = (name: string) => (faults[name] === undefined ? undefined : say(faults[name]));
  const people = staying.map((one) => ({ code: one.id, label: { vi: one.data.full_name, en: one.data.full_name } }));
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", householdId]} works={works}>
      <p>{say(WORDS.who, { name: data.full_name })}</p>
      {staying.length === 0 && <Notice kind="warning">{say(WORDS.last)}</Notice>}
      <DateField label={say(FIELDS.left_on)} value={left_on} max={today()} required fault={said("left_on")} onChange={(day) => form.set({ left_on: day })} />
      <Choice label={say(FIELDS.left_reason)} value={left_reason} required options={optionsOf(reference, "left_reason")} fault={said("left_reason")} onChange={(reason) => form.set({ left_reason: reason })} />
      {isHead && <Choice label={say(WORDS.head)} value={head} required options={people} fault={said("head")} onChange={(chosen) => form.set({ head: chosen })} />}
    </FormScreen>
  );
}

function Back({ tablet, seen }: { tablet: Tablet; seen: Seen<MemberData> }): JSX.Element {
  const { id, data } = seen;
  // was the head, and another one is it meanwhile
  const asks = data.relation_to_head === "head" && tablet.register.household(data.household_id)?.data.head_member_id !== id;
  const initial = () => ({ base: baseOf(tablet.register, id), relation: null });
  const form = useDraft<BackDraft>(tablet, "leaving", { back: id, household: data.household_id }, initial);
  const [faults, setFaults] = useState<Faults>({});
  const { base, relation } = form.values.value;
  const works = () => {
    const found: Faults = asks && relation === null ? { relation: WORDS.relation_now } : {};
    setFaults(found);
    return asks && relation === null ? null : [stay({ id, base, before: data }, asks ? relation : null)];
  };
  const options = optionsOf(tablet.reference.value!, "relation").filter((one) => one.code !== "head");
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.back_title)} fallback={["household", data.household_id]} works={works}>
      <p>{say(WORDS.back, { name: data.full_name })}</p>
      {asks && <Select label={say(FIELDS.relation_to_head)} value={relation} required options={options} fault={faults.relation && say(faults.relation)} onChange={(code) => form.set({ relation: code })} />}
    </FormScreen>
  );
}
