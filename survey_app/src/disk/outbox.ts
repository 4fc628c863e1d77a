// The outbox on the disk. Work is on the disk (durability "strict") before it is shown as saved; it never changes; it is
// marked by its own id, from a receipt; it leaves only by letGo.
//
// Every function gives the whole outbox as it is then, not a change of what the caller held: a surveyor saves a form
// while a receipt is being marked, and neither may take the other off the screen.

import type { Data, Entity, Outcome, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";
import type { Opened } from "./vault.ts";

/** What a verb of the surveyor adds; the outbox gives submission_id, seq and recorded_at. */
export type NewWork = { entity: Entity; id: Uuid; base_version: number | null; data: Data };

/** In the order in which it was done. */
export async function loadOutbox(_opened: Opened): Promise<Work[]> {
  throw new Error("to be built");
}

/** The outbox as the disk has it, without a wait; after loadOutbox. */
export function outboxNow(_opened: Opened): Work[] {
  throw new Error("to be built");
}

/** Adds work in one transaction, in the order given, and gives it; deletes the draft it came from in the same one. A
 * draft gives work once: the second time this gives what the first one added. */
export async function addWork(_opened: Opened, _works: NewWork[], _fromDraft?: string): Promise<Work[]> {
  throw new Error("to be built");
}

/** Before work is sent: what it is made on (work.ts, madeOn) is final, and it is sent as it is given back here, now and
 * at every repetition. */
export async function sealWork(_opened: Opened, _works: Work[]): Promise<Work[]> {
  throw new Error("to be built");
}

/** What a receipt or an outcome page of `epoch` says. An epoch other than the known one makes all kept work due again. */
export async function markWork(_opened: Opened, _outcomes: Outcome[], _epoch: string, _durableThrough: number): Promise<Work[]> {
  throw new Error("to be built");
}

/** An answer told the epoch, or that the server was set back (410): all kept work is due again if it differs. */
export async function heardEpoch(_opened: Opened, _epoch: string | "doubt"): Promise<Work[]> {
  throw new Error("to be built");
}

/** After a whole pull: what was acknowledged before is in the records now. */
export async function markPulled(_opened: Opened): Promise<Work[]> {
  throw new Error("to be built");
}

/** Forgets what cannot be lost any more: in force, pulled, in a verified backup of this epoch. What is left. */
export async function letGo(_opened: Opened): Promise<Work[]> {
  throw new Error("to be built");
}
