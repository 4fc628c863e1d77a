// Some of a household's people form a household of their own in the same hamlet.

import type { JSX } from "preact";

import { type Bases, basesOf, madeSince } from "../../actions/changes.ts";
import { type Leaving as LeavingPerson, splitHousehold } from "../../actions/households.ts";
import type { Faults } from "../../forms/checks.ts";
import { uuid7 } from "../../ids.ts";
import type { HouseholdData, MemberData, Register, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, Choices, Notice, TextField } from "../parts.tsx";
import { FormScreen, NotHere, Select } from "./FormParts.tsx";
import { numberFault } from "./numbers_taken.ts";
import { peopleOptions, relationsBesideHead } from "./person_options.ts";
import { useChecked } from "./useChecked.ts";
import { type Kept, useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Tách hộ", "Split the household"],
  who: ["Những ai ra ở hộ mới?", "Who goes to the new household?"],
  stays: [
    "Chủ hộ {name} ở lại hộ cũ. Muốn chủ hộ ra riêng thì đổi chủ hộ trước.",
    "The head, {name}, stays. To let the head go, name another head first.",
  ],
  alone: ["Hộ chỉ có một người nên không tách được.", "There is only one person: nothing to split."],
  head: ["Ai là chủ hộ mới?", "Who is the new head?"],
  relation: ["{name} là gì của chủ hộ mới?", "What is {name} to the new head?"],
  choose: ["Xin chọn ít nhất một người.", "Choose at least one person, please."],
  stay: ["Phải còn ít nhất một người ở lại hộ cũ.", "Somebody has to stay."],
  choose_head: ["Xin chọn chủ hộ mới.", "Please choose the new head."],
  number: ["Số hộ của hộ mới (nếu đã có)", "Number of the new household (if it has one)"],
  address: ["Địa chỉ hộ mới", "Address of the new household"],
});

export type SplitDraft = {
  id: Uuid;
  chosen: Uuid[];
  relations: Record<Uuid, string>;
  head: Uuid | null;
  household_no: string | null;
  address: string | null;
  bases?: Bases;
};

export function Split({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element {
  const household = tablet.register.household(householdId);
  return household === null || tablet.reference.value === null ? <NotHere tablet={tablet} home={householdId} /> : <Form tablet={tablet} household={household} />;
}

function Form({ tablet, household }: { tablet: Tablet; household: Seen<HouseholdData> }): JSX.Element {
  const { register } = tablet;
  const { hamlet_id, head_member_id } = household.data;
  const people = register.members(household.id);
  const head = people.find((one) => one.id === head_member_id);
  // as the office does it (api/households/splits.py): the head stays
  const may = people.filter((one) => one !== head);
  const empty = { chosen: [], relations: {}, head: null, household_no: null };
  const initial = () => ({ ...empty, id: uuid7(), address: household.data.address, bases: basesOf(register, household.id) });
  const form = useDraft<SplitDraft>(tablet, "split", { household: household.id }, initial);
  const values = form.values.value;
  const leaving = may.filter((one) => values.chosen.includes(one.id));
  const { said, works } = useChecked(() => ({
    faults: { ...peopleFaults(values, leaving, people.length), ...numberFault(register, hamlet_id, values.household_no, values.id) },
    works: () => splitHousehold(values.id, household.data, values, leaving.map((one) => moved(register, one, values)), values.head),
  }));
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", household.id]} works={works}>
      {head !== undefined && <Notice kind="info">{say(WORDS.stays, { name: head.data.full_name })}</Notice>}
      {people.length < 2 && <Notice kind="warning">{say(WORDS.alone)}</Notice>}
      <Choices
        label={say(WORDS.who)}
        value={values.chosen}
        options={peopleOptions(may)}
        fault={said("chosen")}
        onChange={(chosen) => form.set({ chosen })}
      />
      {leaving.length > 0 && <Leaving tablet={tablet} form={form} people={leaving} fault={said("head")} />}
      <Home form={form} fault={said("household_no")} />
    </FormScreen>
  );
}

type Member = Seen<MemberData>;

function peopleFaults({ head }: SplitDraft, leaving: Member[], all: number): Faults {
  if (leaving.length === 0) return { chosen: WORDS.choose };
  if (leaving.length === all) return { chosen: WORDS.stay };
  return leaving.some((one) => one.id === head) ? {} : { head: WORDS.choose_head };
}

function moved(register: Register, { id, data }: Member, { relations, bases }: SplitDraft): LeavingPerson {
  const relation = data.relation_to_head;
  return { id, base: madeSince(bases, register, id), relation, becomes: relations[id] ?? relation };
}

/** Who leads those who leave, and what the others are to them. */
function Leaving(props: { tablet: Tablet; form: Kept<SplitDraft>; people: Member[]; fault: string | undefined }): JSX.Element {
  const { tablet, form, people, fault } = props;
  const { head, relations } = form.values.value;
  const relation = (id: Uuid, code: string | null) => {
    if (code !== null) form.set({ relations: { ...form.values.peek().relations, [id]: code } });
  };
  return (
    <>
      <Choice
        label={say(WORDS.head)}
        value={head}
        required
        options={peopleOptions(people)}
        fault={fault}
        onChange={(chosen) => form.set({ head: chosen })}
      />
      {people.filter((one) => one.id !== head).map(({ id, data }) => (
        <Select
          key={id}
          label={say(WORDS.relation, { name: data.full_name })}
          value={relations[id] ?? data.relation_to_head}
          options={relationsBesideHead(tablet.reference.value!)}
          onChange={(code) => relation(id, code)}
        />
      ))}
    </>
  );
}

function Home({ form, fault }: { form: Kept<SplitDraft>; fault: string | undefined }): JSX.Element {
  const { household_no, address } = form.values.value;
  return (
    <>
      <TextField label={say(WORDS.number)} value={household_no} maxLength={20} fault={fault} onChange={(text) => form.set({ household_no: text })} />
      <TextField label={say(WORDS.address)} value={address} maxLength={300} onChange={(text) => form.set({ address: text })} />
    </>
  );
}
