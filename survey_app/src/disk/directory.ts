// The directory of the profiles of this tablet: who they are, and their data keys, wrapped. Not sealed: it is what is
// read before anybody is in.

import type { DBSchema, IDBPDatabase } from "idb";

import { openSteps, orFull, type Step } from "./database.ts";
import type { Wrapped } from "./keys.ts";
import type { Tries } from "./tries.ts";
import type { Profile } from "./vault.ts";

export type Entry = Profile & {
  /** null: the PIN opens no more */
  pin: Wrapped | null;
  password: Wrapped;
  tries: { pin: Tries; password: Tries };
  /** from this moment on nothing but what is left behind may be read */
  wiped_at: string | null;
};

interface Directory extends DBSchema {
  profiles: { key: string; value: Entry };
}

const NAME = "giamngheo";
const STEPS: Step[] = [(db) => void db.createObjectStore("profiles")];

/** Opened for each use: a window that waits at the list of profiles holds up no newer build. Raises DiskFull. */
async function inDirectory<T>(work: (db: IDBPDatabase<Directory>) => Promise<T>): Promise<T> {
  const db = await openSteps<Directory>(NAME, STEPS);
  try {
    return await work(db);
  } catch (error) {
    throw orFull(error);
  } finally {
    db.close();
  }
}

export const entries = (): Promise<Entry[]> => inDirectory((db) => db.getAll("profiles"));

export const entry = (id: string): Promise<Entry | undefined> => inDirectory((db) => db.get("profiles", id));

export async function addEntry(added: Entry): Promise<void> {
  await inDirectory(async (db) => {
    const writing = db.transaction("profiles", "readwrite", { durability: "strict" });
    await Promise.all([writing.store.add(added, added.id), writing.done]);
  });
}

/** Changes an entry in one transaction; on the disk when it returns. null: it is not there. */
export async function changeEntry(id: string, change: (known: Entry) => Entry): Promise<Entry | null> {
  return inDirectory(async (db) => {
    const writing = db.transaction("profiles", "readwrite", { durability: "strict" });
    const known = await writing.store.get(id);
    const changed = known === undefined ? null : change(known);
    if (changed !== null) await writing.store.put(changed, id);
    await writing.done;
    return changed;
  });
}

export async function dropEntry(id: string): Promise<void> {
  await inDirectory(async (db) => {
    const writing = db.transaction("profiles", "readwrite", { durability: "strict" });
    await Promise.all([writing.store.delete(id), writing.done]);
  });
}
