// What is written of households: a new one with its people, a change, another head, a split.

import type { NewWork } from "../disk/outbox.ts";
import type { Data, Uuid } from "../wire.ts";
import { changedFields, known, tidied } from "./changes.ts";
import { newMember, type Opening } from "./people.ts";

/** The fields of a household that a surveyor writes in its form (records.md); the head has a verb of its own. */
export const HOUSEHOLD_FIELDS = [
  "household_no", "address", "phone", "note", "residence", "no_labour_capacity", "no_labour_capacity_ground",
] as const;

function householdData(values: Data): Data {
  const data: Data = tidied(Object.fromEntries(HOUSEHOLD_FIELDS.map((name) => [name, values[name] ?? null])));
  const unable = data.no_labour_capacity === true;
  return { ...data, no_labour_capacity: unable, no_labour_capacity_ground: unable ? data.no_labour_capacity_ground : null };
}

/** Nothing where nothing was changed. */
export function changeHousehold({ id, base, before }: Opening, values: Data): NewWork[] {
  const hidden = (before.withheld as string[] | undefined) ?? [];
  const changed = Object.entries(changedFields(before, householdData(values)));
  const data = Object.fromEntries(changed.filter(([name]) => !hidden.includes(name)));
  return Object.keys(data).length === 0 ? [] : [{ entity: "household", id, base_version: base, data }];
}

/** The household first, then its people: it may name its head before the head has come (records.md). */
export function newHousehold(id: Uuid, hamletId: Uuid, values: Data, people: { id: Uuid; values: Data }[], headId: Uuid | null): NewWork[] {
  const data = { hamlet_id: hamletId, ...known({ ...householdData(values), head_member_id: headId }) };
  const household: NewWork = { entity: "household", id, base_version: null, data };
  const relation = (one: { id: Uuid; values: Data }) => (one.id === headId ? { ...one.values, relation_to_head: "head" } : one.values);
  return [household, ...people.map((one) => newMember(one.id, id, relation(one)))];
}

export type Person = { id: Uuid; base: number; relation: string };

/** Another head. `old`: who was it and still lives there, with what they are to the new one. */
export function changeHead(household: { id: Uuid; base: number }, head: Person, old: (Person & { becomes: string }) | null): NewWork[] {
  const works: NewWork[] = [{ entity: "household", id: household.id, base_version: household.base, data: { head_member_id: head.id } }];
  if (head.relation !== "head") works.push(relation(head, "head"));
  if (old !== null && old.id !== head.id && old.relation !== old.becomes) works.push(relation(old, old.becomes));
  return works;
}

const relation = (person: Person, becomes: string): NewWork =>
  ({ entity: "member", id: person.id, base_version: person.base, data: { relation_to_head: becomes } });

export type Leaving = Person & { becomes: string };

/** Some people form a household of their own in the same hamlet: it is made, then they go there. */
export function splitHousehold(newId: Uuid, home: Data, values: Data, leaving: Leaving[], headId: Uuid | null): NewWork[] {
  const data = tidied({
    hamlet_id: home.hamlet_id,
    residence: values.residence ?? home.residence,
    address: values.address ?? home.address,
    household_no: values.household_no,
    head_member_id: headId,
  });
  const moved = leaving.map(({ id, base, relation: before, becomes }): NewWork => {
    const now = id === headId ? "head" : becomes;
    return { entity: "member", id, base_version: base, data: { household_id: newId, ...(now === before ? {} : { relation_to_head: now }) } };
  });
  return [{ entity: "household", id: newId, base_version: null, data: known(data) }, ...moved];
}
