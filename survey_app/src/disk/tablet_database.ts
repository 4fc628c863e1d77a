// The database of the tablet itself, whoever works on it: the profiles, and what is kept for a disk that is full. Nothing
// in it is sealed by anybody's key: it is what is read before somebody is in.

import type { DBSchema, IDBPDatabase } from "idb";

import { openSteps, orFull, type Step } from "./database.ts";
import type { Entry } from "./directory.ts";

export interface TabletStores extends DBSchema {
  profiles: { key: string; value: Entry };
  /** [profile, number] -> a try at its PIN that can be taken where nothing can be written (vault.ts) */
  tries: { key: [string, number]; value: true };
  /** number -> bytes that say nothing: room that is kept for work (reserve.ts) */
  reserve: { key: number; value: ArrayBuffer };
}

const NAME = "giamngheo";
const STEPS: Step[] = [
  (db) => void db.createObjectStore("profiles"),
  (db) => {
    for (const name of ["tries", "reserve"]) db.createObjectStore(name);
  },
];

/** Opened for each use: a window that waits at the list of profiles holds up no newer build. Raises DiskFull. */
export async function inTabletDatabase<T>(work: (db: IDBPDatabase<TabletStores>) => Promise<T>): Promise<T> {
  const db = await openSteps<TabletStores>(NAME, STEPS);
  try {
    return await work(db);
  } catch (error) {
    throw orFull(error);
  } finally {
    db.close();
  }
}
