// The way out without a network: what was not sent, with its photos, as one sealed file that a passphrase opens.

import type { Attachment } from "../wire.ts";
import type { Work } from "../work.ts";
import type { Opened } from "./vault.ts";

/** A file with everything that the server has not acknowledged as stored. */
export async function exportOutbox(_opened: Opened, _passphrase: string): Promise<Blob> {
  throw new Error("to be built");
}

/** What a file holds. Raises NotOpened for a wrong passphrase, SyntaxError for a file that is none. */
export async function readExport(_file: Blob, _passphrase: string): Promise<{ device_id: string; username: string; works: Work[]; files: Attachment[] }> {
  throw new Error("to be built");
}

/** Puts the work of a file into this outbox under its own submission ids (twice is once); how much was new. */
export async function importOutbox(_opened: Opened, _file: Blob, _passphrase: string): Promise<number> {
  throw new Error("to be built");
}

/** What is left of wiped profiles: sealed files that only the password opens. */
export async function leftBehind(): Promise<{ username: string; wiped_at: string; count: number; file: Blob }[]> {
  throw new Error("to be built");
}
