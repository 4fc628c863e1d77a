// Profiles for the tests of the disk, open without the second that a PIN takes.

import "fake-indexeddb/auto";

import { serialize } from "node:v8";

import { closeDatabases, openProfileDatabase, profileDatabase } from "../../src/disk/database.ts";
import type { NewWork } from "../../src/disk/outbox.ts";
import type { Opened } from "../../src/disk/vault.ts";
import { uuid7 } from "../../src/ids.ts";
import type { Change, Data, Outcome, OutcomeKind } from "../../src/wire.ts";
import type { Work } from "../../src/work.ts";

export async function newProfile(username = "xom-3"): Promise<Opened> {
  const profile = { id: crypto.randomUUID(), username, server: "https://giamngheo.example", device_id: uuid7() };
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return { profile, key, db: await openProfileDatabase(profile.id) };
}

/** As after a power cut: the same disk and key, and nothing in memory. */
export async function restarted({ profile, key }: Opened): Promise<Opened> {
  closeDatabases(profileDatabase(profile.id));
  return { profile, key, db: await openProfileDatabase(profile.id) };
}

export const created = (id = uuid7(), data: Data = { note: "mới" }): NewWork => ({ entity: "household", id, base_version: null, data });
export const edited = (id: string, data: Data, base = 1): NewWork => ({ entity: "household", id, base_version: base, data });

export const told = (work: Work, outcome: OutcomeKind = "applied", version: number | null = 1): Outcome => ({
  submission_id: work.submission_id, outcome, entity: work.entity, id: work.id, version, replayed: false, result: null,
  problem: null, conflict_id: null, waiting_for: null,
});

export const put = (entity: Change["entity"], id: string, version: number, data: Data): Change => ({ entity, id, version, op: "put", area_id: "a", data });

/** Spoils one byte of what lies there. */
export function spoilt<T extends { bytes: ArrayBuffer }>(sealed: T): T {
  const bytes = sealed.bytes.slice(0);
  new Uint8Array(bytes)[0]! ^= 1;
  return { ...sealed, bytes };
}

/** A disk without room for what touches these stores, as browsers tell it: the request fails, or the transaction at its
 * end. Nothing of it is written. */
export function fullFor(db: Opened["db"], stores: string[], from: "request" | "transaction" = "request"): Opened["db"] {
  const refuse = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  const put = from === "request" ? refuse : () => Promise.resolve();
  const store = { put, delete: () => Promise.resolve(), getKey: () => Promise.resolve(undefined) };
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name !== "transaction") return typeof value === "function" ? value.bind(target) : value;
      return (asked: string | string[], mode?: IDBTransactionMode, options?: object) => {
        const touched = mode === "readwrite" && [asked].flat().some((one) => stores.includes(one));
        return touched ? { objectStore: () => store, done: refuse(), abort: () => {} } : value.call(target, asked, mode, options);
      };
    },
  });
}

/** A disk with so much room, for whatever database: what does not fit is refused, what is cleared is given back. `more` bytes
 * of others may go, or come (a film). */
export async function withRoom(bytes: number, work: (disk: { more: (bytes: number) => void }) => Promise<void>): Promise<void> {
  const stores = IDBObjectStore.prototype;
  const { put, add, clear } = stores;
  let [left, reserved] = [bytes, 0];
  const within = (write: typeof put) =>
    function (this: IDBObjectStore, value: unknown, key?: IDBValidKey): IDBRequest<IDBValidKey> {
      const size = serialize(value).length;
      if (size > left) throw new DOMException("full", "QuotaExceededError");
      left -= size;
      if (this.name === "reserve") reserved += size;
      return write.call(this, value, key);
    };
  Object.assign(stores, { put: within(put), add: within(add) });
  stores.clear = function (this: IDBObjectStore) {
    if (this.name === "reserve") [left, reserved] = [left + reserved, 0];
    return clear.call(this);
  };
  try {
    await work({ more: (freed) => void (left += freed) });
  } finally {
    Object.assign(stores, { put, add, clear });
  }
}

/** Random numbers that are the same every time: mulberry32. */
export function luck(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}
