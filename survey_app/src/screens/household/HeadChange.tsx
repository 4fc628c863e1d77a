// Another person becomes the head of the household.

import type { JSX } from "preact";

import { type Bases, basesOf, madeSince } from "../../actions/changes.ts";
import { changeHead } from "../../actions/households.ts";
import type { Faults } from "../../forms/checks.ts";
import type { NewWork } from "../../disk/outbox.ts";
import type { MemberData, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, Notice } from "../parts.tsx";
import { FormScreen, NotHere, Select } from "./FormParts.tsx";
import { peopleOptions, relationsBesideHead } from "./person_options.ts";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Đổi chủ hộ", "Another head"],
  head: ["Ai là chủ hộ?", "Who is the head?"],
  becomes: ["{name} là gì của chủ hộ mới?", "What is {name} to the new head?"],
  others: [
    "Sau khi lưu, xin xem lại quan hệ của những người khác với chủ hộ mới.",
    "After saving, check what the others are to the new head.",
  ],
  choose: ["Xin chọn.", "Please choose."],
});

export type HeadDraft = { head: Uuid | null; becomes: string | null; bases?: Bases };

export function HeadChange({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element {
  const household = tablet.register.household(householdId);
  if (household === null || tablet.reference.value === null) return <NotHere tablet={tablet} home={householdId} />;
  return <Form tablet={tablet} householdId={householdId} headId={household.data.head_member_id} />;
}

function Form({ tablet, householdId, headId }: { tablet: Tablet; householdId: Uuid; headId: Uuid | null }): JSX.Element {
  const people = tablet.register.members(householdId);
  const initial = () => ({ head: headId, becomes: null, bases: basesOf(tablet.register, householdId) });
  const form = useDraft<HeadDraft>(tablet, "head", { household: householdId }, initial);
  const { head, becomes, bases } = form.values.value;
  const base = (id: Uuid) => madeSince(bases, tablet.register, id);
  const old = people.find((one) => one.id === headId && head !== headId);
  const { said, works } = useChecked(() => {
    const next = people.find((one) => one.id === head);
    const faults: Faults = { ...(next === undefined && { head: WORDS.choose }), ...(old && becomes === null && { becomes: WORDS.choose }) };
    return { faults, works: () => (head === headId ? [] : changed(base, householdId, next!, old, becomes)) };
  });
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", householdId]} works={works}>
      <Choice
        label={say(WORDS.head)}
        value={head}
        required
        options={peopleOptions(people)}
        fault={said("head")}
        onChange={(chosen) => form.set({ head: chosen })}
      />
      {old !== undefined && (
        <Select
          label={say(WORDS.becomes, { name: old.data.full_name })}
          value={becomes}
          required
          options={relationsBesideHead(tablet.reference.value!)}
          fault={said("becomes")}
          onChange={(code) => form.set({ becomes: code })}
        />
      )}
      <Notice kind="info">{say(WORDS.others)}</Notice>
    </FormScreen>
  );
}

type Member = Seen<MemberData>;

function changed(base: (id: Uuid) => number, householdId: Uuid, next: Member, old: Member | undefined, becomes: string | null): NewWork[] {
  const person = ({ id, data }: Member) => ({ id, base: base(id), relation: data.relation_to_head });
  const before = old === undefined ? null : { ...person(old), becomes: becomes! };
  return changeHead({ id: householdId, base: base(householdId) }, person(next), before);
}
