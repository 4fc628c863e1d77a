// What is written of people: a new one, a change, and that somebody does not live there any more.

import type { NewWork } from "../disk/outbox.ts";
import { visible } from "../forms/visible.ts";
import type { Data, Day, Uuid } from "../wire.ts";
import { changedFields, known, tidied } from "./changes.ts";

/** The fields of a person that a surveyor writes (records.md). `personal_id` is not among them: what is shown of it is
 * masked, so it is sent only where it was typed anew. */
export const MEMBER_FIELDS = [
  "full_name", "sex", "birth_date", "birth_year", "relation_to_head", "ethnicity", "schooling", "right_level",
  "qualification", "labour_status", "labour_contract", "occupation", "health_insurance", "social_allowance", "pension",
  "merit_person", "disability", "nutrition",
] as const;

/** Which record is changed: `base` and `before` are those of the moment at which its form was opened. */
export type Opening = { id: Uuid; base: number; before: Data };

/** What a form holds of a person, as it is sent: a day of birth says the year too. */
export function memberData(values: Data): Data {
  const typed = typeof values.personal_id === "string" ? visible(values.personal_id).replace(/\s/g, "") : "";
  const data: Data = tidied(Object.fromEntries(MEMBER_FIELDS.map((name) => [name, values[name] ?? null])));
  if (data.birth_date) data.birth_year = null;
  return typed === "" ? data : { ...data, personal_id: typed };
}

export function newMember(id: Uuid, householdId: Uuid, values: Data): NewWork {
  return { entity: "member", id, base_version: null, data: { household_id: householdId, ...known(memberData(values)) } };
}

/** Nothing where nothing was changed. What the reader may not see (`withheld`) is left as it is. */
export function changeMember({ id, base, before }: Opening, values: Data): NewWork[] {
  const hidden = (before.withheld as string[] | undefined) ?? [];
  const changed = Object.entries(changedFields(before, dayOrYear(before, memberData(values))));
  const data = Object.fromEntries(changed.filter(([name]) => !hidden.includes(name)));
  return Object.keys(data).length === 0 ? [] : [{ entity: "member", id, base_version: base, data }];
}

/** A record that has both day and year keeps both, as long as nobody touches them. */
function dayOrYear(before: Data, data: Data): Data {
  const untouched = data.birth_date === (before.birth_date ?? null);
  return untouched && data.birth_date !== null ? { ...data, birth_year: before.birth_year ?? null } : data;
}

export function leave({ id, base }: Opening, leftOn: Day, reason: string): NewWork {
  return { entity: "member", id, base_version: base, data: { left_on: leftOn, left_reason: reason } };
}

/** Taken back: the person lives there after all. `relation`: to the head of today, where that is another one than then. */
export function stay({ id, base }: Opening, relation: string | null = null): NewWork {
  return { entity: "member", id, base_version: base, data: { left_on: null, left_reason: null, ...known({ relation_to_head: relation }) } };
}
