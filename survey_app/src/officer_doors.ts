// Which of the officer's screens this account may see, as the server said last; kept, so that the door does not vanish
// with the network.

import { type Signal, signal } from "@preact/signals";

import { setting, setSetting } from "./disk/settings.ts";
import { officerDoors } from "./line/officer.ts";
import type { Tablet } from "./tablet.ts";

export type Doors = Awaited<ReturnType<typeof officerDoors>>;
const known = new WeakMap<Tablet, Signal<Doors | null>>();
const SETTING = "officer_doors";

/** null: none. */
export function officerDoorsOf(tablet: Tablet): Signal<Doors | null> {
  const found = known.get(tablet) ?? signal<Doors | null>(null);
  known.set(tablet, found);
  return found;
}

/** From the disk, without a network. */
export async function readDoors(tablet: Tablet): Promise<void> {
  officerDoorsOf(tablet).value = await setting<Doors>(tablet.opened, SETTING);
}

/** Asks the server again: a right may have come or gone. */
export async function askDoors(tablet: Tablet): Promise<void> {
  try {
    const told = await officerDoors(tablet.line);
    const doors = Object.values(told).some(Boolean) ? told : null;
    officerDoorsOf(tablet).value = doors;
    await setSetting(tablet.opened, SETTING, doors);
  } catch {
    // asked again after the next synchronisation
  }
}
