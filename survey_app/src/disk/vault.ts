// Who may open what lies on the device. A profile is one surveyor on this tablet: an own database, an own key.
//
// The data key is random and lies on the disk only wrapped: once by a key from the PIN, once by one from the password
// of the account. Wrong PINs are counted on the disk before they are tried; after FREE_TRIES each costs a growing wait,
// after MOST_TRIES the PIN's wrapping is thrown away, and only the password opens: nothing unsent is lost by it. Wrong
// passwords wait alike, and never lock: there is nothing behind them.
//
// A tablet opens also where not a byte can be written. Whoever finds it may have filled it, to have more tries: one at
// the PIN that cannot be written is paid with one of those that were laid beside the profile while there was room, for
// taking away needs none. They count like the written ones, so that there are MOST_TRIES in all, however often the app is
// ended; they are laid anew when a right secret is written down. When they are used up only the password opens: its tries
// are then counted in memory, for it is not found by trying. How long to wait stands in memory too.

import type { IDBPDatabase } from "idb";

import { openProfileDatabase, type Stores, unlessFull } from "./database.ts";
import { addEntry, changeEntry, entries, type Entry, entry, layTries, takeTry, triesTaken } from "./directory.ts";
import { drained } from "./in_turn.ts";
import { ITERATIONS, newDataKey, unwrap, wrap, type Wrapping, wrappingFrom } from "./keys.ts";
import { Damaged } from "./sealing.ts";
import { counted, NO_TRIES, openAt, rebased, type Tries } from "./tries.ts";
import { uuid7 } from "../ids.ts";

export const FREE_TRIES = 3;
export const MOST_TRIES = 10;
export const SHORTEST_PIN = 6;

/** What anyone who holds the tablet can see of a surveyor. */
export type Profile = { id: string; username: string; server: string; device_id: string };

/** A profile that is open: its key is in memory only, and not extractable. `oldPin`: the new one found no room. */
export type Opened = { profile: Profile; key: CryptoKey; db: IDBPDatabase<Stores>; oldPin?: boolean };

/** `left`: tries until the PIN is thrown away; Infinity for a password. `until`: when the next one is open. */
export type Refusal =
  | { why: "wrong"; left: number; until?: number }
  | { why: "wait"; until: number }
  | { why: "hard-locked" }
  /** the disk is full, and the tries at the PIN that need no room are used up */
  | { why: "no-room" };

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
  await layTries(profile.id, MOST_TRIES).catch(unlessFull);
  return opened(made, "pin", byPin);
}

/** Raises NotOpened. */
export async function unlock(profileId: string, pin: string): Promise<Opened> {
  const { known, wrapping } = await tried(profileId, "pin", pin);
  const open = await opened(known, "pin", wrapping);
  // made when fewer were enough: made anew while the PIN is at hand
  if (wrapping.iterations < ITERATIONS) await changePin(open, pin).catch(unlessFull);
  return open;
}

/** Opens with the password of the account, also after too many wrong PINs, and sets a new PIN where there is room for it.
 * Raises NotOpened. */
export async function unlockWithPassword(profileId: string, password: string, newPin: string): Promise<Opened> {
  longEnough(newPin);
  const { known, wrapping } = await tried(profileId, "password", password);
  const open = await opened(known, "password", wrapping);
  await changePin(open, newPin).catch((error: unknown) => (unlessFull(error), (open.oldPin = true)));
  if (wrapping.iterations < ITERATIONS) await rewrapPassword(open, password).catch(unlessFull);
  return open;
}

/** After a sign-in with another password than before: the new one opens from now on. */
export async function rewrapPassword(opened: Opened, password: string): Promise<void> {
  await rewrap(opened, "password", await wrappingFrom(password));
}

/** Raises RangeError for a PIN that is too short. */
export async function changePin(opened: Opened, pin: string): Promise<void> {
  await rewrap(opened, "pin", await wrappingFrom(longEnough(pin)));
  opened.oldPin = false;
}

/** Lets go of the key and the database: from now on the profile has to be unlocked. What was asked to be saved before is
 * saved: the answer that was typed as the tablet was put down. */
export function lock(opened: Opened): void {
  ways.delete(opened);
  closing.set(opened.profile.id, drained(opened).then(() => opened.db.close()));
}

/** What was locked and is still being written, on a disk that stalls: who opened the profile meanwhile would read the outbox
 * without it, and write the next work in its place. */
const closing = new Map<string, Promise<void>>();

export const keyPlace = (profileId: string, way: Way): string => `key:${profileId}:${way}`;

/** What the disk had no room for, while the app lives. */
const unwritten = new Map<string, Tries>();
const nameOf = (profileId: string, way: Way): string => `${profileId}:${way}`;

/** Counts the try, makes it, and takes the count back where the secret was right. */
async function tried(profileId: string, way: Way, secret: string): Promise<{ known: Entry; wrapping: Wrapping }> {
  const { known, tries } = await countTry(profileId, way);
  const wrapped = known[way];
  if (wrapped === null) throw new NotOpened({ why: "hard-locked" });
  const wrapping = await wrappingFrom(secret, wrapped.salt, wrapped.iterations);
  try {
    await unwrap(wrapped, wrapping, keyPlace(profileId, way));
  } catch (error) {
    throw error instanceof Damaged ? new NotOpened(await wrong(known, way, tries)) : error;
  }
  unwritten.delete(nameOf(profileId, way));
  await changeEntry(profileId, (one) => ({ ...one, tries: { ...one.tries, [way]: NO_TRIES } })).then(() => layAnew(profileId, way)).catch(unlessFull);
  return { known, wrapping };
}

type Try = { known: Entry; tries: Tries };

/** On the disk before the try: who ends the app in between has tried all the same. */
async function countTry(profileId: string, way: Way): Promise<Try> {
  const name = nameOf(profileId, way);
  const taken = way === "pin" ? await triesTaken(profileId) : 0;
  let one: Next | null = null;
  const count = (known: Entry): Entry => (one = next(known, way, taken, unwritten.get(name))).known;
  const full = await changeEntry(profileId, count).then(() => false, (error: unknown) => (unlessFull(error), true));
  if (one === null) throw new Error(`there is no profile ${profileId}`);
  const { known, tries, refusal } = one as Next;
  if (refusal !== null) throw new NotOpened(refusal);
  if (!full) unwritten.delete(name);
  else if (way === "password" || (await takeTry(profileId))) unwritten.set(name, tries);
  else throw new NotOpened({ why: "no-room" });
  return { known, tries };
}

type Next = Try & { refusal: Refusal | null };

/** One more try as it is counted; `taken` of them at the PIN, and `unwritten`, are not in the entry. */
function next(one: Entry, way: Way, taken: number, unwritten: Tries | undefined): Next {
  const now = Date.now();
  const stood = rebased(unwritten ?? one.tries[way], now);
  const before = way === "pin" ? { ...stood, count: one.tries.pin.count + taken } : stood;
  const usedUp = way === "pin" && before.count >= MOST_TRIES;
  let refusal: Refusal | null = null;
  if (one.wiped_at !== null || one[way] === null) refusal = { why: "hard-locked" };
  // among those that were taken there may be right ones
  else if (usedUp) refusal = { why: one.tries.pin.count >= MOST_TRIES ? "hard-locked" : "no-room" };
  else if (now < openAt(before)) refusal = { why: "wait", until: openAt(before) };
  const tries = refusal === null ? counted(before, now, FREE_TRIES) : before;
  const written = { ...tries, count: tries.count - taken };
  return { known: { ...one, pin: usedUp ? null : one.pin, tries: { ...one.tries, [way]: written } }, tries, refusal };
}

async function wrong(known: Entry, way: Way, tries: Tries): Promise<Refusal> {
  if (way === "pin" && tries.count >= MOST_TRIES) {
    await changeEntry(known.id, (one) => ({ ...one, pin: null })).catch(unlessFull);
    return { why: "hard-locked" };
  }
  const until = openAt(tries);
  return { why: "wrong", left: way === "pin" ? MOST_TRIES - tries.count : Infinity, ...(until > Date.now() && { until }) };
}

/** The tries at the PIN that can be taken where nothing can be written: as many as there are, again. */
async function layAnew(profileId: string, way: Way): Promise<void> {
  if (way !== "pin") return;
  const whole = (await entry(profileId))?.spare === MOST_TRIES && (await triesTaken(profileId)) === 0;
  if (!whole) await layTries(profileId, MOST_TRIES);
}

async function opened(known: Entry, way: Way, wrapping: Wrapping): Promise<Opened> {
  const key = await unwrap(known[way]!, wrapping, keyPlace(known.id, way));
  await closing.get(known.id);
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
  await layAnew(id, way).catch(unlessFull);
  if (opening.way === way) ways.set(open, { way, wrapping: by });
}

function longEnough(pin: string): string {
  if (pin.length < SHORTEST_PIN) throw new RangeError(`a PIN has at least ${SHORTEST_PIN} characters`);
  return pin;
}

export { wipe } from "./wipe.ts";

const profileOf = ({ id, username, server, device_id }: Entry): Profile => ({ id, username, server, device_id });
