// Somebody of the same name and birth is on the tablet already: perhaps the same person, written down twice.

import type { MemberData, Register, Seen } from "../register/register.ts";
import type { Data, Uuid } from "../wire.ts";
import { tidy } from "./changes.ts";

export type Lookalike = { member: Seen<MemberData>; householdNo: string | null };

const nameOf = (data: Data): string => String(tidy(data.full_name) ?? "").toLowerCase();
const yearOf = (data: Data): number => Number(data.birth_date ? String(data.birth_date).slice(0, 4) : data.birth_year);

/** Equal days where both are known, else equal years. */
function sameBirth(one: Data, other: Data): boolean {
  if (one.birth_date && other.birth_date) return one.birth_date === other.birth_date;
  return yearOf(one) === yearOf(other);
}

/** Who of other households looks like one of these people. Who has left counts too: they may have come here. */
export function lookalikes(register: Register, people: Data[], ownHouseholdId: Uuid): Lookalike[] {
  const wanted = new Map(people.map((one) => [nameOf(one), one]));
  return register.households().flatMap(({ id, data }) =>
    id === ownHouseholdId ? [] : register.members(id, true).flatMap((member) => {
      const found = wanted.get(nameOf(member.data));
      return found !== undefined && sameBirth(found, member.data) ? [{ member, householdNo: data.household_no }] : [];
    }));
}
