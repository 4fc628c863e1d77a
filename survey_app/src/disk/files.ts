// Photos and signatures: sealed under their SHA-256 until the server says that they are durable there.

import type { Attachment } from "../wire.ts";
import type { Opened } from "./vault.ts";

/** On the disk when it returns; the declaration for `attachments`. The same content twice is kept once. */
export async function keepFile(_opened: Opened, _content: Blob, _purpose: string): Promise<Attachment> {
  throw new Error("to be built");
}

export async function keptFiles(_opened: Opened): Promise<Attachment[]> {
  throw new Error("to be built");
}

/** null where the disk has spoilt it. */
export async function fileContent(_opened: Opened, _sha256: string): Promise<Uint8Array<ArrayBuffer> | null> {
  throw new Error("to be built");
}

export async function letFileGo(_opened: Opened, _sha256: string): Promise<void> {
  throw new Error("to be built");
}
