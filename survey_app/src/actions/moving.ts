// A form that was begun about a household which has been merged into another one meanwhile: it goes on about that one.

import { type Draft, saveDraft } from "../disk/drafts.ts";
import { instant } from "../ids.ts";
import type { Register } from "../register/register.ts";
import type { Tablet } from "../tablet.ts";
import type { ChangePage, Data, Uuid } from "../wire.ts";
import { baseOf, changedFields } from "./changes.ts";
import { replaced } from "./drafts.ts";
import { HOUSEHOLD_FIELDS } from "./households.ts";

/** Household that was merged away -> the one that it went into. */
export type Merged = Record<Uuid, Uuid>;

/** What is known after a page of the feed; null: it tells nothing new. */
export function mergedBy({ changes }: Pick<ChangePage, "changes">, known: Merged): Merged | null {
  const told = changes.filter((one) => one.entity === "household" && one.op === "remove" && one.reason === "merged" && one.into);
  return told.length === 0 ? null : { ...known, ...Object.fromEntries(told.map((one) => [one.id, one.into!])) };
}

/** The household that stands for it today; null: it was not merged away, as far as this tablet knows. */
export function survivorOf(merged: Merged, id: Uuid | undefined): Uuid | null {
  const seen = new Set<Uuid>();
  let at = id;
  while (at !== undefined && merged[at] !== undefined && !seen.has(at)) {
    seen.add(at);
    at = merged[at];
  }
  return at === undefined || seen.size === 0 || seen.has(at) ? null : at;
}

/** The draft, about the other household: same id, same answers. Who lives there is confirmed anew, and a change of the
 * household's own fields is made on what the other one says. */
export function movedTo(register: Register, draft: Draft, into: Uuid): Draft {
  const from = draft.about.household;
  const about = Object.fromEntries(Object.entries(draft.about).map(([name, id]) => [name, id === from ? into : id]));
  return { ...draft, about, values: valuesAt(register, draft, into), step: null, saved_at: instant() };
}

function valuesAt(register: Register, { kind, about, values }: Draft, into: Uuid): Data {
  if (kind === "review") return { ...values, people_confirmed: false };
  const seen = register.household(into);
  if (kind !== "household" || about.new_in !== undefined || seen === null) return values;
  const said = Object.fromEntries(HOUSEHOLD_FIELDS.map((name) => [name, (values.values as Data)[name]]));
  const changed = changedFields(values.before as Data, said);
  return { values: { ...seen.data, ...changed }, base: baseOf(register, into), before: { ...seen.data } };
}

/** On the disk when it returns, in one write: it is never about both, nor about neither. Raises what the disk raises: then
 * it is as it was. */
export async function moveDraft(tablet: Tablet, draft: Draft, into: Uuid): Promise<void> {
  const moved = movedTo(tablet.register, draft, into);
  await replaced(tablet, moved, () => saveDraft(tablet.opened, moved));
}
