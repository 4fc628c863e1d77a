// What a piece of work is about, in a line: "Phiếu rà soát · Nguyễn Thị Mẫu".

import type { Register } from "../register/register.ts";
import type { Data, Entity, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";
import { entityName } from "./fields.ts";

type Named = { entity: Entity | string; id: Uuid | null; data?: Data };

/** Which household it belongs to; null where this tablet does not know. */
export function householdOf(register: Register, { entity, id, data }: Named): Uuid | null {
  if (id === null) return null;
  if (entity === "household") return id;
  const told = data?.household_id;
  if (typeof told === "string") return told;
  if (entity === "screening") return householdOfScreening(register, id, data);
  return entity === "member" ? (register.member(id)?.data.household_id ?? null) : null;
}

/** That of the request it is about: a correction does not name it. */
function householdOfScreening(register: Register, id: Uuid, data?: Data): Uuid | null {
  const named = data?.request_id ?? register.screening(id)?.data.request_id;
  return typeof named === "string" ? (register.request(named)?.data.household_id ?? null) : null;
}

/** The head of a household, or its number; "" where this tablet does not know it. */
export function householdName(register: Register, id: Uuid | null): string {
  if (id === null) return "";
  const household = register.household(id);
  if (household === null) return "";
  const people = register.members(id);
  const head = people.find((one) => one.id === household.data.head_member_id) ?? people[0];
  return head?.data.full_name ?? household.data.household_no ?? "";
}

export function workTitle(register: Register, work: Named): string {
  const person = work.entity === "member" && work.id !== null ? (register.member(work.id)?.data.full_name ?? (work.data?.full_name as string | undefined)) : undefined;
  const whose = person ?? householdName(register, householdOf(register, work));
  return whose ? `${entityName(work.entity)} · ${whose}` : entityName(work.entity);
}

export type State = "waiting" | "safe" | "conflict" | "refused" | "corrected" | "kept";

/** Where it stands, as a surveyor asks. `corrected`: what was refused and done again (actions/corrected.ts). */
export function stateOf({ outcome, submission_id }: Work, corrected?: Set<string>): State {
  if (outcome === null) return "waiting";
  if (outcome === "conflict") return "conflict";
  if (outcome === "rejected") return corrected?.has(submission_id) ? "corrected" : "refused";
  return outcome === "held" || outcome === "quarantined" ? "kept" : "safe";
}
