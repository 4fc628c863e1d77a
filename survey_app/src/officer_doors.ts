// Which of the officer's screens this account may see, as the server said last; kept, so that the door does not vanish
// with the network.

import { type Signal, signal } from "@preact/signals";

import { setting, setSetting } from "./disk/settings.ts";
import { officerDoors } from "./line/officer.ts";
import type { Tablet } from "./tablet.ts";

export type Doors = Awaited<ReturnType<typeof officerDoors>>;
const known = new WeakMap<Tablet, Signal<Doors | null>>();
const SETTING = "officer_doors";
const EVERY = 12 * 3_600_000;
type Kept = { doors: Doors | null; asked_at: number };

/** null: none. */
export function officerDoorsOf(tablet: Tablet): Signal<Doors | null> {
  const found = known.get(tablet) ?? signal<Doors | null>(null);
  known.set(tablet, found);
  return found;
}

/** From the disk, without a network. */
export async function readDoors(tablet: Tablet): Promise<void> {
  officerDoorsOf(tablet).value = (await setting<Kept>(tablet.opened, SETTING))?.doors ?? null;
}

/** Asks the server again, twice a day: a right may have come or gone. */
export async function askDoors(tablet: Tablet): Promise<void> {
  try {
    const kept = await setting<Kept>(tablet.opened, SETTING);
    const age = Date.now() - (kept?.asked_at ?? 0);
    if (age >= 0 && age < EVERY) return;
    const told = await officerDoors(tablet.line);
    const doors = Object.values(told).some(Boolean) ? told : null;
    officerDoorsOf(tablet).value = doors;
    await setSetting(tablet.opened, SETTING, { doors, asked_at: Date.now() } satisfies Kept);
  } catch {
    // asked again after the next synchronisation
  }
}
