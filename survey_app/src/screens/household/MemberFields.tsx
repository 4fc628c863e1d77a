// The fields of a person, in a form: of a member that is changed, of a new one, of a new household.

import type { JSX } from "preact";

import type { Faults } from "../../forms/checks.ts";
import type { Data, Day, Reference } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { language, say, texts } from "../../words/words.ts";
import { Choice, DateField, NumberField, TextField, YesNo } from "../parts.tsx";
import { FIELDS } from "./field_words.ts";
import { Select } from "./FormParts.tsx";

const WORDS = texts({
  study: ["Học tập", "Education"],
  work: ["Việc làm", "Work"],
  support: ["Bảo hiểm, trợ cấp", "Insurance and support"],
  health: ["Sức khoẻ", "Health"],
  masked: ["Đang lưu {number}. Chỉ nhập khi cần sửa.", "On record: {number}. Type it only to correct it."],
});

type Props = { values: Data; set: (change: Data) => void; faults: Faults; reference: Reference; today: Day; masked?: string | null };

export function MemberFields(props: Props & { withoutRelation?: boolean }): JSX.Element {
  const { reference } = props;
  const hidden = (props.values.withheld as string[] | undefined) ?? [];
  return (
    <>
      <Person {...props} />
      <h2>{say(WORDS.study)}</h2>
      <Coded {...props} name="schooling" options={optionsOf(reference, "schooling")} />
      <Known {...props} name="right_level" />
      <Coded {...props} name="qualification" options={optionsOf(reference, "qualification")} />
      <h2>{say(WORDS.work)}</h2>
      <Coded {...props} name="labour_status" options={optionsOf(reference, "labour_status")} />
      <Known {...props} name="labour_contract" />
      <Text {...props} name="occupation" most={120} />
      <h2>{say(WORDS.support)}</h2>
      <Known {...props} name="health_insurance" />
      <Known {...props} name="social_allowance" />
      <Known {...props} name="pension" />
      <YesNo label={say(FIELDS.merit_person)} value={props.values.merit_person === true} required onChange={(value) => props.set({ merit_person: value ?? false })} />
      {!hidden.includes("disability") && (
        <>
          <h2>{say(WORDS.health)}</h2>
          <Coded {...props} name="disability" options={optionsOf(reference, "disability")} />
          <Coded {...props} name="nutrition" options={optionsOf(reference, "nutrition")} />
        </>
      )}
    </>
  );
}

/** Who somebody is: what nobody can be written down without. */
function Person(props: Props & { withoutRelation?: boolean }): JSX.Element {
  const { values, set, faults, reference, today, masked } = props;
  const hidden = (values.withheld as string[] | undefined) ?? [];
  const said = (name: string) => (faults[name] === undefined ? undefined : say(faults[name]));
  const born = values.birth_date as string | null;
  return (
    <>
      <TextField label={say(FIELDS.full_name)} value={(values.full_name as string) ?? null} required maxLength={120} fault={said("full_name")} onChange={(full_name) => set({ full_name })} />
      <Choice label={say(FIELDS.sex)} value={(values.sex as string) ?? null} required options={optionsOf(reference, "sex")} fault={said("sex")} onChange={(sex) => set({ sex })} />
      <DateField label={say(FIELDS.birth_date)} value={born ?? null} min="1900-01-01" max={today} fault={said("birth_date")} onChange={(birth_date) => set({ birth_date })} />
      {!born && <YearField value={(values.birth_year as number) ?? null} fault={said("birth_year")} onChange={(birth_year) => set({ birth_year })} />}
      {!props.withoutRelation && <Select label={say(FIELDS.relation_to_head)} value={(values.relation_to_head as string) ?? null} required options={optionsOf(reference, "relation")} fault={said("relation_to_head")} onChange={(relation_to_head) => set({ relation_to_head })} />}
      {!hidden.includes("ethnicity") && <Select label={say(FIELDS.ethnicity)} value={(values.ethnicity as string) ?? null} required options={optionsOf(reference, "ethnicity")} fault={said("ethnicity")} onChange={(ethnicity) => set({ ethnicity })} />}
      <TextField label={say(FIELDS.personal_id)} value={(values.personal_id as string) ?? null} inputMode="numeric" maxLength={20} hint={masked ? say(WORDS.masked, { number: masked }) : undefined} fault={said("personal_id")} onChange={(personal_id) => set({ personal_id })} />
    </>
  );
}

// a year is no amount: 1961 is typed as it is, and "1.961" is none
const YearField = (props: { value: number | null; fault?: string; onChange: (value: number | null) => void }): JSX.Element =>
  <NumberField label={say(FIELDS.birth_year)} required {...props} key={language.value} />;

type Named = Props & { name: keyof typeof FIELDS };

function Coded({ values, set, name, options }: Named & { options: { code: string; label: { vi: string; en: string } }[] }): JSX.Element {
  return <Select label={say(FIELDS[name])} value={(values[name] as string) ?? null} options={options} onChange={(code) => set({ [name]: code ?? (name === "disability" ? "none" : null) })} />;
}

function Known({ values, set, name }: Named): JSX.Element {
  return <YesNo label={say(FIELDS[name])} value={(values[name] as boolean) ?? null} mayBeUnknown onChange={(value) => set({ [name]: value })} />;
}

function Text({ values, set, name, most }: Named & { most: number }): JSX.Element {
  return <TextField label={say(FIELDS[name])} value={(values[name] as string) ?? null} maxLength={most} onChange={(value) => set({ [name]: value })} />;
}
