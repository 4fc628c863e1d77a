// The fields of a person, in a form: of a member that is changed, of a new one, of a new household.

import type { JSX } from "preact";

import type { Day, Reference } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { type Bound, ChoiceOf, DayOf, FlagOf, KnownOf, NumberOf, SelectOf, TextOf, useField } from "./BoundFields.tsx";

const WORDS = texts({
  study: ["Học tập", "Education"],
  work: ["Việc làm", "Work"],
  support: ["Bảo hiểm, trợ cấp", "Insurance and support"],
  health: ["Sức khoẻ", "Health"],
  masked: ["Đang lưu {number}. Chỉ nhập khi cần sửa.", "On record: {number}. Type it only to correct it."],
});

type Props = Bound & { reference: Reference; today: Day; masked?: string | null; withoutRelation?: boolean };

export function MemberFields(props: Props): JSX.Element {
  const { values, set, faults, reference } = props;
  const form = { values, set, faults };
  const hidden = useField<string[]>(values, "withheld") ?? [];
  return (
    <>
      <Person {...props} />
      <h2>{say(WORDS.study)}</h2>
      <SelectOf {...form} name="schooling" options={optionsOf(reference, "schooling")} />
      <KnownOf {...form} name="right_level" />
      <SelectOf {...form} name="qualification" options={optionsOf(reference, "qualification")} />
      <h2>{say(WORDS.work)}</h2>
      <SelectOf {...form} name="labour_status" options={optionsOf(reference, "labour_status")} />
      <KnownOf {...form} name="labour_contract" />
      <TextOf {...form} name="occupation" most={120} />
      <h2>{say(WORDS.support)}</h2>
      <KnownOf {...form} name="health_insurance" />
      <KnownOf {...form} name="social_allowance" />
      <KnownOf {...form} name="pension" />
      <FlagOf {...form} name="merit_person" />
      {!hidden.includes("disability") && (
        <>
          <h2>{say(WORDS.health)}</h2>
          <SelectOf {...form} name="disability" none="none" options={optionsOf(reference, "disability")} />
          <SelectOf {...form} name="nutrition" options={optionsOf(reference, "nutrition")} />
        </>
      )}
    </>
  );
}

/** Who somebody is: what nobody can be written down without. */
function Person({ values, set, faults, reference, today, masked, withoutRelation }: Props): JSX.Element {
  const form = { values, set, faults };
  const hidden = useField<string[]>(values, "withheld") ?? [];
  return (
    <>
      <TextOf {...form} name="full_name" most={120} required />
      <ChoiceOf {...form} name="sex" options={optionsOf(reference, "sex")} />
      <DayOf {...form} name="birth_date" max={today} />
      <YearOf {...form} />
      {!withoutRelation && <SelectOf {...form} name="relation_to_head" required options={optionsOf(reference, "relation")} />}
      {!hidden.includes("ethnicity") && <SelectOf {...form} name="ethnicity" required options={optionsOf(reference, "ethnicity")} />}
      <TextOf {...form} name="personal_id" most={20} inputMode="numeric" hint={masked ? say(WORDS.masked, { number: masked }) : undefined} />
    </>
  );
}

/** Asked only where the day is not known. */
function YearOf(form: Bound): JSX.Element | null {
  return useField<string>(form.values, "birth_date") === null ? <NumberOf {...form} name="birth_year" /> : null;
}
