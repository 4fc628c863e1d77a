// Somebody does not live in the household any more: since when, why, and who is its head then.

import type { JSX } from "preact";

import { type Bases, baseOf, basesOf, madeSince } from "../../actions/changes.ts";
import { changeHead } from "../../actions/households.ts";
import { leave, stay } from "../../actions/people.ts";
import type { NewWork } from "../../disk/outbox.ts";
import { leavingFaults } from "../../forms/checks.ts";
import { today } from "../../ids.ts";
import type { MemberData, Register, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, DateField, Notice } from "../parts.tsx";
import { FIELDS } from "./field_words.ts";
import { FormScreen, NotHere, Select } from "./FormParts.tsx";
import { peopleOptions, relationsBesideHead } from "./person_options.ts";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Không còn ở hộ", "Does not live here any more"],
  who: ["{name} không còn sống trong hộ.", "{name} does not live in the household any more."],
  head: ["Ai là chủ hộ từ nay?", "Who is the head from now on?"],
  choose: ["Xin chọn chủ hộ mới.", "Please choose a new head."],
  last: [
    "Đây là người cuối cùng của hộ. Xin báo cán bộ xã để kết thúc hộ.",
    "This is the last person of the household: tell the commune officer, who ends it.",
  ],
  relation_now: ["Xin chọn quan hệ với chủ hộ hiện nay.", "Say what the person is to the head of today."],
  back_title: ["Vẫn ở hộ", "Lives here after all"],
  back: [
    "{name} đã được ghi là không còn ở hộ. Bấm Lưu nếu người này vẫn sống trong hộ.",
    "{name} was written down as gone. Press Save if the person lives here after all.",
  ],
});

export type LeavingDraft = { left_on: string | null; left_reason: string | null; head: Uuid | null; base: number; bases?: Bases };

type BackDraft = { base: number; relation: string | null };

export function MemberLeave({ tablet, id }: { tablet: Tablet; id: Uuid }): JSX.Element {
  const seen = tablet.register.member(id);
  if (seen === null || tablet.reference.value === null) return <NotHere />;
  return seen.data.left_on ? <Back tablet={tablet} seen={seen} /> : <Leave tablet={tablet} seen={seen} />;
}

function Leave({ tablet, seen }: { tablet: Tablet; seen: Seen<MemberData> }): JSX.Element {
  const { id, data } = seen;
  const { register } = tablet;
  const householdId = data.household_id;
  const staying = register.members(householdId).filter((one) => one.id !== id);
  const isHead = register.household(householdId)?.data.head_member_id === id && staying.length > 0;
  const empty = { left_on: today(), left_reason: null, head: null };
  const initial = () => ({ ...empty, base: baseOf(register, id), bases: basesOf(register, householdId) });
  const form = useDraft<LeavingDraft>(tablet, "leaving", { member: id, household: householdId }, initial);
  const { left_on, left_reason, head, base, bases } = form.values.value;
  const { said, works } = useChecked(() => ({
    faults: { ...leavingFaults(data, form.values.value, today()), ...(isHead && head === null && { head: WORDS.choose }) },
    works: () => [leave({ id, base, before: data }, left_on!, left_reason!), ...(isHead ? ledBy(register, householdId, head!, bases) : [])],
  }));
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", householdId]} works={works}>
      <p>{say(WORDS.who, { name: data.full_name })}</p>
      {staying.length === 0 && <Notice kind="warning">{say(WORDS.last)}</Notice>}
      <DateField
        label={say(FIELDS.left_on)}
        value={left_on}
        max={today()}
        required
        fault={said("left_on")}
        onChange={(day) => form.set({ left_on: day })}
      />
      <Reason tablet={tablet} value={left_reason} fault={said("left_reason")} onChange={(reason) => form.set({ left_reason: reason })} />
      {isHead && <NewHead people={staying} value={head} fault={said("head")} onChange={(chosen) => form.set({ head: chosen })} />}
    </FormScreen>
  );
}

function ledBy(register: Register, householdId: Uuid, headId: Uuid, bases: Bases | undefined): NewWork[] {
  const head = { id: headId, base: madeSince(bases, register, headId), relation: register.member(headId)!.data.relation_to_head };
  return changeHead({ id: householdId, base: madeSince(bases, register, householdId) }, head, null);
}

type Chosen = { value: string | null; fault: string | undefined; onChange: (code: string | null) => void };

const Reason = ({ tablet, ...chosen }: Chosen & { tablet: Tablet }): JSX.Element =>
  <Choice label={say(FIELDS.left_reason)} required options={optionsOf(tablet.reference.value!, "left_reason")} {...chosen} />;

const NewHead = ({ people, ...chosen }: Chosen & { people: Seen<MemberData>[] }): JSX.Element =>
  <Choice label={say(WORDS.head)} required options={peopleOptions(people)} {...chosen} />;

function Back({ tablet, seen }: { tablet: Tablet; seen: Seen<MemberData> }): JSX.Element {
  const { id, data } = seen;
  // was the head, and another one is it meanwhile
  const asks = data.relation_to_head === "head" && tablet.register.household(data.household_id)?.data.head_member_id !== id;
  const initial = () => ({ base: baseOf(tablet.register, id), relation: null });
  const form = useDraft<BackDraft>(tablet, "leaving", { back: id, household: data.household_id }, initial);
  const { base, relation } = form.values.value;
  const { said, works } = useChecked(() => ({
    faults: { ...(asks && relation === null && { relation: WORDS.relation_now }) },
    works: () => [stay({ id, base, before: data }, asks ? relation : null)],
  }));
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.back_title)} fallback={["household", data.household_id]} works={works}>
      <p>{say(WORDS.back, { name: data.full_name })}</p>
      {asks && (
        <Select
          label={say(FIELDS.relation_to_head)}
          value={relation}
          required
          options={relationsBesideHead(tablet.reference.value!)}
          fault={said("relation")}
          onChange={(code) => form.set({ relation: code })}
        />
      )}
    </FormScreen>
  );
}
