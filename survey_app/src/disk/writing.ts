// Where everything that is written passes.

import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";

import { orFull } from "./database.ts";
import { withReserve } from "./reserve.ts";

export type Work<S extends DBSchema, Names extends StoreNames<S>[]> = (writing: IDBPTransaction<S, Names, "readwrite">) => Promise<unknown>;
type Durability = "strict" | "relaxed";

/** One transaction, all of it or nothing; on the disk when this returns ("relaxed": perhaps a moment later, for what can
 * be fetched again). `work` awaits its requests only, and may be done twice: where the disk is full, once more with the
 * room that is kept for it. Raises DiskFull. */
export function write<S extends DBSchema, Names extends StoreNames<S>[]>(
  db: IDBPDatabase<S>, stores: Names, work: Work<S, Names>, durability: Durability = "strict",
): Promise<void> {
  return withReserve(() => writeSparing(db, stores, work, durability));
}

/** The same, and the room that is kept for work stays. */
export async function writeSparing<S extends DBSchema, Names extends StoreNames<S>[]>(
  db: IDBPDatabase<S>, stores: Names, work: Work<S, Names>, durability: Durability = "strict",
): Promise<void> {
  const writing = db.transaction(stores, "readwrite", { durability });
  const done = writing.done.then(() => null, (error: unknown) => error ?? new Error("the transaction was aborted"));
  try {
    await work(writing);
  } catch (error) {
    abort(writing);
    await done;
    throw orFull(error);
  }
  const failed = await done;
  if (failed !== null) throw orFull(failed);
}

const AT_ONCE = 16;

/** Many requests of one transaction, a few at a time: what is written is copied while the screen waits. */
export async function inSlices<T>(all: T[], request: (one: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < all.length; first += AT_ONCE) await Promise.all(all.slice(first, first + AT_ONCE).map(request));
}

function abort(writing: { abort(): void }): void {
  try {
    writing.abort();
  } catch {
    // it has ended by itself
  }
}
