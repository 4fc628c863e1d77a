// Who may open what lies on the device. A profile is one surveyor on this tablet: an own database, an own key.
//
// The data key is random and lies on the disk only wrapped: once by a key from the PIN, once by one from the password
// of the account. Wrong PINs are counted on the disk before they are tried; after FREE_TRIES each costs a growing wait,
// after MOST_TRIES the PIN's wrapping is thrown away, and only the password opens: nothing unsent is lost by it.

import type { IDBPDatabase } from "idb";

import type { Stores } from "./database.ts";

export const FREE_TRIES = 3;
export const MOST_TRIES = 10;
export const SHORTEST_PIN = 6;

/** What anyone who holds the tablet can see of a surveyor. */
export type Profile = { id: string; username: string; server: string; device_id: string };

/** A profile that is open: its key is in memory only, and not extractable. */
export type Opened = { profile: Profile; key: CryptoKey; db: IDBPDatabase<Stores> };

export type Refusal =
  | { why: "wrong"; left: number }
  | { why: "wait"; until: number }
  | { why: "hard-locked" };

/** The secret did not open the profile. */
export class NotOpened extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.why);
    this.refusal = refusal;
  }
}

export async function profiles(): Promise<Profile[]> {
  throw new Error("to be built");
}

/** Makes a profile with a new key. The device id is made here, once. */
export async function makeProfile(_who: { username: string; server: string }, _pin: string, _password: string): Promise<Opened> {
  throw new Error("to be built");
}

/** Raises NotOpened. */
export async function unlock(_profileId: string, _pin: string): Promise<Opened> {
  throw new Error("to be built");
}

/** Opens with the password of the account, also after too many wrong PINs, and sets a new PIN. Raises NotOpened. */
export async function unlockWithPassword(_profileId: string, _password: string, _newPin: string): Promise<Opened> {
  throw new Error("to be built");
}

/** After a sign-in with another password than before: the new one opens from now on. */
export async function rewrapPassword(_opened: Opened, _password: string): Promise<void> {
  throw new Error("to be built");
}

export async function changePin(_opened: Opened, _pin: string): Promise<void> {
  throw new Error("to be built");
}

/** Wipes a profile: key, records, drafts, photos. What was not sent yet is kept as a sealed file that the password
 * opens (ways_out.ts), and only that. */
export async function wipe(_profileId: string): Promise<void> {
  throw new Error("to be built");
}
