// A change is what differs from what was seen when the form was opened, made on the version that was seen then.

import { visible } from "../forms/visible.ts";
import type { Register } from "../register/register.ts";
import type { Data, Uuid } from "../wire.ts";

/** What a record is changed on: as it was pulled. One made here and not yet on the server will be version 1; the push
 * puts later work on what came before it (docs/sync-protocol.md). */
export const baseOf = (register: Pick<Register, "kept">, id: Uuid): number => register.kept(id)?.version ?? 1;

/** Record -> the version that was seen when a form about its household was opened. */
export type Bases = Record<Uuid, number>;

/** Of a household and its people. */
export function basesOf(register: Pick<Register, "kept" | "members">, householdId: Uuid): Bases {
  const ids = [householdId, ...register.members(householdId).map((one) => one.id)];
  return Object.fromEntries(ids.map((id) => [id, baseOf(register, id)]));
}

/** What such a form makes its change on: the feed may bring another version while it is on the screen. Who came to the
 * household since is seen as they are; forms begun in builds before named no bases. */
export const madeSince = (bases: Bases | undefined, register: Pick<Register, "kept">, id: Uuid): number => bases?.[id] ?? baseOf(register, id);

/** The fields of `now` that differ from `before`; what is not there is null. */
export function changedFields(before: Data, now: Data): Data {
  const same = (one: unknown, other: unknown) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(before[name], value)).map(([name, value]) => [name, value ?? null]));
}

/** Text as the server keeps it: composed, without blanks around it or letters that are not seen; what is empty is null. */
export function tidy(value: unknown): unknown {
  return typeof value === "string" ? visible(value).normalize("NFC").trim() || null : value;
}

/** A new record says what is known of it, and no nulls. */
export function known(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null && value !== undefined));
}

export const tidied = (data: Data): Data => Object.fromEntries(Object.entries(data).map(([name, value]) => [name, tidy(value)]));
