// The databases of the device: a directory of profiles, and one database a profile. Versions are a list of steps.

import type { DBSchema, IDBPDatabase } from "idb";

import type { Sealed } from "./sealing.ts";

/** One profile's database. Values are sealed; keys tell nothing about a household. */
export interface Stores extends DBSchema {
  /** name -> value: cursor, epoch, tokens, reference, … */
  settings: { key: string; value: Sealed };
  /** bucket of the household (0 to 255) -> its records with those of its people */
  pages: { key: number; value: Sealed };
  /** seq -> one piece of work */
  outbox: { key: number; value: Sealed };
  /** id of the draft -> a half-filled form */
  drafts: { key: string; value: Sealed };
  /** sha256 -> a photo or signature, and its declaration */
  files: { key: string; value: { said: Sealed; content: Sealed } };
}

export async function openProfileDatabase(_profileId: string): Promise<IDBPDatabase<Stores>> {
  throw new Error("to be built");
}
