// Who may open what lies on the device. A profile is one surveyor on this tablet: an own database, an own key.
//
// The data key is random and lies on the disk only wrapped: once by a key from the PIN, once by one from the password
// of the account. Wrong PINs are counted on the disk before they are tried; after FREE_TRIES each costs a growing wait,
// after MOST_TRIES the PIN's wrapping is thrown away, and only the password opens: nothing unsent is lost by it. Wrong
// passwords wait alike, and never lock: there is nothing behind them.

import type { IDBPDatabase } from "idb";

import { openProfileDatabase, type Stores } from "./database.ts";
import { addEntry, changeEntry, entries, type Entry, entry } from "./directory.ts";
import { drained } from "./in_turn.ts";
import { ITERATIONS, newDataKey, unwrap, wrap, type Wrapping, wrappingFrom } from "./keys.ts";
import { Damaged } from "./sealing.ts";
import { counted, NO_TRIES, openAt, rebased } from "./tries.ts";
import { uuid7 } from "../ids.ts";

export const FREE_TRIES = 3;
export const MOST_TRIES = 10;
export const SHORTEST_PIN = 6;

/** What anyone who holds the tablet can see of a surveyor. */
export type Profile = { id: string; username: string; server: string; device_id: string };

/** A profile that is open: its key is in memory only, and not extractable. */
export type Opened = { profile: Profile; key: CryptoKey; db: IDBPDatabase<Stores> };

/** `left`: tries until the PIN is thrown away; Infinity for a password. `until`: when the next one is open. */
export type Refusal =
  | { why: "wrong"; left: number; until?: number }
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

type Way = "pin" | "password";

/** The key that opened a profile: what rewraps needs it, and nobody else. It can only unwrap what is on the disk. */
const ways = new WeakMap<Opened, { way: Way; wrapping: Wrapping }>();

export async function profiles(): Promise<Profile[]> {
  const all = await entries();
  return all.filter((one) => one.wiped_at === null).map(profileOf);
}

/** Makes a profile with a new key. The device id is made here, once. Raises RangeError for a PIN that is too short. */
export async function makeProfile(who: { username: string; server: string }, pin: string, password: string): Promise<Opened> {
  const byPin = await wrappingFrom(longEnough(pin));
  const byPassword = await wrappingFrom(password);
  const profile = { id: crypto.randomUUID(), username: who.username, server: who.server, device_id: uuid7() };
  const fresh = await newDataKey();
  const made: Entry = {
    ...profile,
    pin: await wrap(fresh, byPin, keyPlace(profile.id, "pin")),
    password: await wrap(fresh, byPassword, keyPlace(profile.id, "password")),
    tries: { pin: NO_TRIES, password: NO_TRIES },
    wiped_at: null,
  };
  await addEntry(made);
  return opened(made, "pin", byPin);
}

/** Raises NotOpened. */
export async function unlock(profileId: string, pin: string): Promise<Opened> {
  const { known, wrapping } = await tried(profileId, "pin", pin);
  const open = await opened(known, "pin", wrapping);
  // made when fewer were enough: made anew while the PIN is at hand
  if (wrapping.iterations < ITERATIONS) await changePin(open, pin);
  return open;
}

/** Opens with the password of the account, also after too many wrong PINs, and sets a new PIN. Raises NotOpened. */
export async function unlockWithPassword(profileId: string, password: string, newPin: string): Promise<Opened> {
  longEnough(newPin);
  const { known, wrapping } = await tried(profileId, "password", password);
  const open = await opened(known, "password", wrapping);
  await changePin(open, newPin);
  if (wrapping.iterations < ITERATIONS) await rewrapPassword(open, password);
  return open;
}

/** After a sign-in with another password than before: the new one opens from now on. */
export async function rewrapPassword(opened: Opened, password: string): Promise<void> {
  await rewrap(opened, "password", await wrappingFrom(password));
}

/** Raises RangeError for a PIN that is too short. */
export async function changePin(opened: Opened, pin: string): Promise<void> {
  await rewrap(opened, "pin", await wrappingFrom(longEnough(pin)));
}

/** Lets go of the key and the database: from now on the profile has to be unlocked. What was asked to be saved before is
 * saved: the answer that was typed as the tablet was put down. */
export function lock(opened: Opened): void {
  ways.delete(opened);
  void drained(opened).then(() => opened.db.close());
}

export const keyPlace = (profileId: string, way: Way): string => `key:${profileId}:${way}`;

/** Counts the try, makes it, and takes the count back where the secret was right. */
async function tried(profileId: string, way: Way, secret: string): Promise<{ known: Entry; wrapping: Wrapping }> {
  const known = await countTry(profileId, way);
  const wrapped = known[way];
  if (wrapped === null) throw new NotOpened({ why: "hard-locked" });
  const wrapping = await wrappingFrom(secret, wrapped.salt, wrapped.iterations);
  try {
    await unwrap(wrapped, wrapping, keyPlace(profileId, way));
  } catch (error) {
    throw error instanceof Damaged ? new NotOpened(await wrong(known, way)) : error;
  }
  await changeEntry(profileId, (one) => ({ ...one, tries: { ...one.tries, [way]: NO_TRIES } }));
  return { known, wrapping };
}

/** On the disk before the try: who ends the app in between has tried all the same. */
async function countTry(profileId: string, way: Way): Promise<Entry> {
  let refusal: Refusal | null = null;
  const now = Date.now();
  const known = await changeEntry(profileId, (one) => {
    const tries = rebased(one.tries[way], now);
    const usedUp = way === "pin" && tries.count >= MOST_TRIES;
    if (one.wiped_at !== null || one[way] === null || usedUp) refusal = { why: "hard-locked" };
    else if (now < openAt(tries)) refusal = { why: "wait", until: openAt(tries) };
    const next = refusal === null ? counted(tries, now, FREE_TRIES) : tries;
    return { ...one, pin: usedUp ? null : one.pin, tries: { ...one.tries, [way]: next } };
  });
  if (known === null) throw new Error(`there is no profile ${profileId}`);
  if (refusal !== null) throw new NotOpened(refusal);
  return known;
}

async function wrong(known: Entry, way: Way): Promise<Refusal> {
  const { count } = known.tries[way];
  if (way === "pin" && count >= MOST_TRIES) {
    await changeEntry(known.id, (one) => ({ ...one, pin: null }));
    return { why: "hard-locked" };
  }
  const until = openAt(known.tries[way]);
  return { why: "wrong", left: way === "pin" ? MOST_TRIES - count : Infinity, ...(until > Date.now() && { until }) };
}

async function opened(known: Entry, way: Way, wrapping: Wrapping): Promise<Opened> {
  const key = await unwrap(known[way]!, wrapping, keyPlace(known.id, way));
  const open = { profile: profileOf(known), key, db: await openProfileDatabase(known.id) };
  ways.set(open, { way, wrapping });
  return open;
}

/** The data key is readable only here, from its wrapping on the disk to the new one. */
async function rewrap(open: Opened, way: Way, by: Wrapping): Promise<void> {
  const { id } = open.profile;
  const opening = ways.get(open);
  const known = await entry(id);
  const wrapped = opening && known?.[opening.way];
  if (!opening || !wrapped) throw new NotOpened({ why: "hard-locked" });
  const readable = await unwrap(wrapped, opening.wrapping, keyPlace(id, opening.way), true);
  const made = await wrap(readable, by, keyPlace(id, way));
  await changeEntry(id, (one) => (one.wiped_at === null ? { ...one, [way]: made, tries: { ...one.tries, [way]: NO_TRIES } } : one));
  if (opening.way === way) ways.set(open, { way, wrapping: by });
}

function longEnough(pin: string): string {
  if (pin.length < SHORTEST_PIN) throw new RangeError(`a PIN has at least ${SHORTEST_PIN} characters`);
  return pin;
}

export { wipe } from "./wipe.ts";

const profileOf = ({ id, username, server, device_id }: Entry): Profile => ({ id, username, server, device_id });
