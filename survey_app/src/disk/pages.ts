// The records that were pulled, on the disk: sealed in 256 pages by household, so that a commune of 3,000 households
// opens in 256 steps and one changed household costs one page.

import type { Change } from "../wire.ts";
import type { Kept, Register } from "../register/register.ts";
import type { Opened } from "./vault.ts";

/** All pages into memory, in steps that leave the screen alive; tells how much is done. A damaged page is left out, and
 * told, so that convergence fetches it again. */
export async function loadRegister(_opened: Opened, _progress: (done: number, all: number) => void): Promise<{ register: Register; damaged: number[] }> {
  throw new Error("to be built");
}

/** Stores what a page of the feed brought, in one transaction with the settings that belong to it (the cursor, …); then
 * changes the register in memory. `life`: which first sync the records are of. */
export async function storeChanges(_opened: Opened, _register: Register, _changes: Change[], _life: number, _settings: Record<string, unknown>): Promise<void> {
  throw new Error("to be built");
}

/** At the end of a first sync: forgets the records that it did not bring. */
export async function removeBefore(_opened: Opened, _register: Register, _life: number): Promise<void> {
  throw new Error("to be built");
}

/** Removes records (convergence has found them too many), with no change of the feed. */
export async function removeRecords(_opened: Opened, _register: Register, _records: Kept[]): Promise<void> {
  throw new Error("to be built");
}
