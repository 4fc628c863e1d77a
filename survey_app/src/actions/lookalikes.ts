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

const AT_ONCE = 300;

/** Who of other households looks like one of these people. Who has left counts too: they may have come here. Looked for
 * in slices that leave the screen alive, after the picture that answers the press. */
export async function lookalikes(register: Register, people: Data[], ownHouseholdId: Uuid): Promise<Lookalike[]> {
  const wanted = people.map((one) => ({ person: one, name: nameOf(one), year: yearOf(one) }));
  const fits = ({ data }: Seen<MemberData>) => {
    const year = yearOf(data);
    return wanted.some((one) => one.year === year && one.name === nameOf(data) && sameBirth(one.person, data));
  };
  const households = register.households();
  const found: Lookalike[] = [];
  for (let place = 0; place < households.length; place += AT_ONCE) {
    await new Promise((resume) => setTimeout(resume));
    for (const { id, data } of households.slice(place, place + AT_ONCE)) {
      if (id === ownHouseholdId) continue;
      for (const member of register.members(id, true)) if (fits(member)) found.push({ member, householdNo: data.household_no });
    }
  }
  return found;
}
