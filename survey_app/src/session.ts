// Who is in: nobody, or one surveyor with an open tablet. Locking drops everything that memory holds of a profile.

import { signal } from "@preact/signals";

import { forgetNotes } from "./actions/drafts.ts";
import { forgetUnwanted } from "./actions/files.ts";
import { whenTaken } from "./disk/database.ts";
import { putAside } from "./disk/reserve.ts";
import { askToPersist } from "./disk/room.ts";
import { setting } from "./disk/settings.ts";
import { lock as lockProfile, type Opened, wipe } from "./disk/vault.ts";
import { lockAfter } from "./idle_minutes.ts";
import { askDoors, readDoors } from "./officer_doors.ts";
import { prepareList } from "./register/search.ts";
import { roundOf } from "./screens/list_state.ts";
import { named, route, stand } from "./screens/route.ts";
import { startSyncing } from "./syncing.ts";
import { openTablet, type Tablet } from "./tablet.ts";
import { said } from "./words/said.ts";

export type Session =
  /** `fault`: why the profile that was tried could not be opened, in words */
  | { at: "away"; why: "start" | "idle" | "locked"; fault?: string }
  | { at: "opening"; done: number; all: number }
  | { at: "in"; tablet: Tablet; enrolled: boolean }
  /** the server has ended this tablet: the profile is gone, what was unsent is a sealed file */
  | { at: "revoked"; username: string };

export const session = signal<Session>({ at: "away", why: "start" });

/** The profile that was open last, and its screen: the way back to it is for the same person only. */
let last: { id: string; screen: string[] } | null = null;
let stop: (() => void) | null = null;

// the browser has closed it (its data were cleared, its disk failed), or a newer build wants it: nothing can be saved until
// it is opened anew, and the start says what is wrong
whenTaken((profileId) => {
  const now = session.value;
  if (now.at === "in" && now.tablet.opened.profile.id === profileId) lock();
});

/** Reads the profile into memory and lets its owner in. Raises what the disk raises. */
export async function enter(opened: Opened): Promise<Tablet> {
  const { id } = opened.profile;
  if (last !== null && last.id !== id) {
    last = null;
    stand();
  }
  session.value = { at: "opening", done: 0, all: 0 };
  try {
    const tablet = await openTablet(opened, (done, all) => (session.value = { at: "opening", done, all }));
    const enrolled = (await setting<unknown>(opened, "enrolled")) !== null;
    lockAfter(await setting<number>(opened, "idle_minutes"));
    await readDoors(tablet);
    await prepareList(tablet.register, roundOf(tablet.reference.value?.rounds ?? [], null)?.id ?? null);
    if (last !== null && named().length === 0) stand(...last.screen);
    last = { id, screen: [] };
    if (enrolled) begin(tablet);
    session.value = { at: "in", tablet, enrolled };
    // beside the first screen; what keeps it off is tried again after the next synchronisation
    void putAside().catch(() => undefined);
    return tablet;
  } catch (fault) {
    lockProfile(opened);
    session.value = { at: "away", why: "start", fault: said(fault) };
    throw fault;
  }
}

/** The officer's code was taken. */
export function nowEnrolled(): void {
  const now = session.value;
  if (now.at !== "in") return;
  session.value = { ...now, enrolled: true };
  begin(now.tablet);
  // most browsers decide by themselves; the outbox tells what came of it
  void askToPersist().catch(() => undefined);
}

function begin(tablet: Tablet): void {
  stop = startSyncing(tablet, { revoked: () => void revoked(tablet), complete: () => void askDoors(tablet) });
}

/** Ends every call, closes the database, forgets the key and the records. Drafts are on the disk already. */
export function lock(why: "idle" | "locked" = "locked"): void {
  const now = session.value;
  if (now.at !== "in") return;
  leave(now.tablet);
  session.value = { at: "away", why };
}

/** The address names nothing while nobody is in. */
function leave(tablet: Tablet): void {
  drop(tablet);
  last = { id: tablet.opened.profile.id, screen: route.value };
  stand();
}

/** Takes the open profile off this tablet. Whoever calls has made sure that nothing is unsent. */
export async function takeOff(tablet: Tablet): Promise<void> {
  await forgetNotes(tablet);
  await forgetUnwanted(tablet).catch(() => undefined);
  leave(tablet);
  session.value = { at: "opening", done: 0, all: 0 };
  // cut off, it is finished at the next start
  const fault = await wipe(tablet.opened.profile.id).then(() => null, said);
  session.value = { at: "away", why: "start", ...(fault !== null && { fault }) };
}

async function revoked(tablet: Tablet): Promise<void> {
  const { id, username } = tablet.opened.profile;
  await forgetNotes(tablet);
  leave(tablet);
  session.value = { at: "opening", done: 0, all: 0 };
  // cut off, it is finished at the next start
  await wipe(id).catch(() => undefined);
  session.value = { at: "revoked", username };
}

function drop(tablet: Tablet): void {
  stop?.();
  stop = null;
  tablet.ending.abort();
  lockProfile(tablet.opened);
}
