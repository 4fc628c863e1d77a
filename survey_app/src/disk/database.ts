// The databases of the device: a directory of profiles, and one database a profile. Versions are a list of steps.

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";

import type { Sealed } from "./sealing.ts";

/** One profile's database. Values are sealed; keys tell nothing about a household. */
export interface Stores extends DBSchema {
  /** name -> value: cursor, tokens, reference, … */
  settings: { key: string; value: Sealed };
  /** bucket of the household (0 to 255) -> its records with those of its people */
  pages: { key: number; value: Sealed };
  /** number -> what one page of the feed changed, not yet in `pages` */
  changes: { key: number; value: Sealed };
  /** place in the order of work -> one piece of work. `due`: not acknowledged; a locked tablet that is wiped must know */
  outbox: { key: number; value: OutboxRow };
  /** id of the draft -> a half-filled form */
  drafts: { key: string; value: Sealed };
  /** sha256 -> a photo or signature, and its declaration */
  files: { key: string; value: { said: Sealed; content: Sealed } };
  /** what changes with the outbox, in its transactions: "outbox" -> where it stands; "draft:<id>" -> the work it became */
  ledger: { key: string; value: Sealed };
}
export type OutboxRow = { due: boolean; work: Sealed };

/** This tablet's database was made by a newer build of the app: nothing was touched; the newer build opens it. */
export class NewerDatabase extends Error {}
/** Another window of an older build holds the database and does not let go: it has to be closed. */
export class DatabaseBusy extends Error {}
/** The disk is full: nothing of this was written, everything before is as it was. */
export class DiskFull extends Error {}

/** A step from one version to the next, inside one transaction: it can await that transaction, and nothing else (no
 * sealing). Steps stay as they were published; a new version is a new step at the end. */
export type Step = (db: IDBPDatabase<any>, transaction: IDBPTransaction<any, any, "versionchange">) => Promise<void> | void;

const PROFILE_STEPS: Step[] = [
  (db) => {
    for (const name of ["settings", "pages", "outbox", "drafts", "files"]) db.createObjectStore(name);
  },
  async (db, transaction) => {
    db.createObjectStore("ledger");
    const outbox = transaction.objectStore("outbox");
    for (let row = await outbox.openCursor(); row; row = await row.continue()) {
      await row.update({ due: true, work: row.value });
    }
  },
  (db) => void db.createObjectStore("changes"),
];

const open = new Map<string, Set<IDBPDatabase<any>>>();
const listeners = new Set<(profileId: string) => void>();

/** Told when a profile's database was taken from this window: a newer build wants it, or the browser has closed it. */
export function whenTaken(listener: (profileId: string) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Raises NewerDatabase or DatabaseBusy. */
export async function openProfileDatabase(profileId: string): Promise<IDBPDatabase<Stores>> {
  return openSteps<Stores>(profileDatabase(profileId), PROFILE_STEPS, () => listeners.forEach((told) => told(profileId)));
}

export const profileDatabase = (profileId: string): string => `giamngheo-${profileId}`;

/** Closes what this window has open of it: what is under way ends well, what comes later is refused. */
export function closeDatabases(name: string): void {
  for (const db of open.get(name) ?? []) db.close();
  open.delete(name);
}

/** Opens a database and brings it to the last of its steps. */
export async function openSteps<Schema extends DBSchema>(name: string, steps: Step[], taken: () => void = () => {}): Promise<IDBPDatabase<Schema>> {
  let failed: unknown = null;
  let made: IDBPDatabase<Schema> | null = null;
  let refuse: (error: Error) => void = () => {};
  const busy = new Promise<never>((_, reject) => (refuse = reject));
  let late = false;
  const opening = openDB<Schema>(name, steps.length, {
    // nobody awaits what this gives: the transaction itself waits for its requests
    upgrade: (db, before, _after, transaction) => {
      climbed(db, before, transaction, steps).catch((error: unknown) => ((failed = error), transaction.abort()));
    },
    blocked: () => ((late = true), refuse(new DatabaseBusy(name))),
    // held open, this window would keep the newer build from its database for ever
    blocking: () => (made?.close(), taken()),
    terminated: taken,
  });
  const opened = opening.then(
    (db) => (late && db.close(), db),
    (error: unknown) => {
      throw failed ?? (isNamed(error, "VersionError") ? new NewerDatabase(name) : error);
    },
  );
  made = await Promise.race([opened, busy]);
  open.set(name, (open.get(name) ?? new Set()).add(made));
  return made;
}

async function climbed<S extends DBSchema>(
  db: IDBPDatabase<S>, before: number, transaction: IDBPTransaction<S, StoreNames<S>[], "versionchange">, steps: Step[],
): Promise<void> {
  transaction.done.catch(() => {}); // told by the opening, which fails with it
  for (const step of steps.slice(before)) await step(db, transaction);
}

/** DiskFull where that is what the browser says, else the error as it is. */
export const orFull = (error: unknown): unknown => (isNamed(error, "QuotaExceededError") ? new DiskFull() : error);

/** What may wait for room: it is done without, and nothing else is kept back by it. */
export function unlessFull(error: unknown): void {
  if (!(error instanceof DiskFull)) throw error;
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
