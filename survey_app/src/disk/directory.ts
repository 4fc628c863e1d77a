// The directory of the profiles of this tablet: who they are, and their data keys, wrapped.

import type { Wrapped } from "./keys.ts";
import { inTabletDatabase, type TabletStores } from "./tablet_database.ts";
import type { Tries } from "./tries.ts";
import type { Profile } from "./vault.ts";
import { type Work, write } from "./writing.ts";

export type Entry = Profile & {
  /** null: the PIN opens no more */
  pin: Wrapped | null;
  password: Wrapped;
  tries: { pin: Tries; password: Tries };
  /** how many tries at the PIN were laid beside it last; none by builds before */
  spare?: number;
  /** from this moment on nothing but what is left behind may be read */
  wiped_at: string | null;
};

export const entries = (): Promise<Entry[]> => inTabletDatabase((db) => db.getAll("profiles"));

export const entry = (id: string): Promise<Entry | undefined> => inTabletDatabase((db) => db.get("profiles", id));

export async function addEntry(added: Entry): Promise<void> {
  await changing((writing) => writing.objectStore("profiles").add(added, added.id));
}

/** Changes an entry in one transaction; on the disk when it returns. `change` may be asked twice. null: it is not there. */
export async function changeEntry(id: string, change: (known: Entry) => Entry): Promise<Entry | null> {
  let changed: Entry | null = null;
  await changing(async (writing) => {
    const profiles = writing.objectStore("profiles");
    const known = await profiles.get(id);
    changed = known === undefined ? null : change(known);
    if (changed !== null) await profiles.put(changed, id);
  });
  return changed;
}

export async function dropEntry(id: string): Promise<void> {
  await changing((writing) => Promise.all([writing.objectStore("profiles").delete(id), writing.objectStore("tries").delete(triesOf(id))]));
}

/** Lays so many tries beside a profile, instead of those that are left. */
export async function layTries(id: string, count: number): Promise<void> {
  await changing(async (writing) => {
    const [profiles, tries] = [writing.objectStore("profiles"), writing.objectStore("tries")];
    const known = await profiles.get(id);
    if (known === undefined) return;
    await profiles.put({ ...known, spare: count }, id);
    for (let number = 1; number <= count; number++) await tries.put(true, [id, number]);
  });
}

/** How many of them are taken. */
export async function triesTaken(id: string): Promise<number> {
  return inTabletDatabase(async (db) => {
    const reading = db.transaction(["profiles", "tries"]);
    const [known, left] = await Promise.all([reading.objectStore("profiles").get(id), reading.objectStore("tries").count(triesOf(id))]);
    return (known?.spare ?? 0) - left;
  });
}

/** Takes one. On the disk when it returns, also on one that is full: who only deletes needs no room. false: none is left. */
export async function takeTry(id: string): Promise<boolean> {
  let taken = false;
  await changing(async (writing) => {
    const tries = writing.objectStore("tries");
    const key = await tries.getKey(triesOf(id));
    taken = key !== undefined;
    if (key !== undefined) await tries.delete(key);
  });
  return taken;
}

const triesOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

type Names = ["profiles", "tries"];

function changing(work: Work<TabletStores, Names>): Promise<void> {
  return inTabletDatabase((db) => write<TabletStores, Names>(db, ["profiles", "tries"], work));
}
