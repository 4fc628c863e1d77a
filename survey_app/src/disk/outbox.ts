// The outbox on the disk. Work is on the disk (durability "strict") before it is shown as saved; it never changes; it is
// marked by its own id, from a receipt; it leaves only by letGo.

import type { Data, Entity, Outcome, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";
import type { Opened } from "./vault.ts";

/** What a verb of the surveyor adds; the outbox gives submission_id, seq and recorded_at. */
export type NewWork = { entity: Entity; id: Uuid; base_version: number | null; data: Data };

export async function loadOutbox(_opened: Opened): Promise<Work[]> {
  throw new Error("to be built");
}

/** Adds work in one transaction, in the order given; deletes the draft it came from in the same one. */
export async function addWork(_opened: Opened, _works: NewWork[], _fromDraft?: string): Promise<Work[]> {
  throw new Error("to be built");
}

/** Before work is sent: what it is made on is final. */
export async function sealWork(_opened: Opened, _works: Work[]): Promise<void> {
  throw new Error("to be built");
}

/** What a receipt or an outcome page of `epoch` says. An epoch other than the known one makes all kept work due again. */
export async function markWork(_opened: Opened, _outbox: Work[], _outcomes: Outcome[], _epoch: string, _durableThrough: number): Promise<Work[]> {
  throw new Error("to be built");
}

/** An answer told the epoch, or that the server was set back (410): all kept work is due again if it differs. */
export async function heardEpoch(_opened: Opened, _outbox: Work[], _epoch: string | "doubt"): Promise<Work[]> {
  throw new Error("to be built");
}

/** After a whole pull: what was acknowledged before is in the records now. */
export async function markPulled(_opened: Opened, _outbox: Work[]): Promise<Work[]> {
  throw new Error("to be built");
}

/** Forgets what cannot be lost any more: in force, pulled, in a verified backup of this epoch. What is left. */
export async function letGo(_opened: Opened, _outbox: Work[]): Promise<Work[]> {
  throw new Error("to be built");
}
