// Photos and signatures: sealed under their SHA-256 until the server says that they are durable there.

import { DiskFull } from "./database.ts";
import { putAside } from "./reserve.ts";
import { Damaged, openBytes, openJson, type Sealed, sealBytes, sealJson } from "./sealing.ts";
import type { Opened } from "./vault.ts";
import { write, writeSparing } from "./writing.ts";
import type { Attachment } from "../wire.ts";

type Said = Attachment & { kept_at: number };
const saidPlace = (sha256: string): string => `files:${sha256}:said`;
const contentPlace = (sha256: string): string => `files:${sha256}:content`;

/** On the disk when it returns; the declaration for `attachments`. The same content twice is kept once. Raises DiskFull. */
export async function keepFile(opened: Opened, content: Blob, purpose: string): Promise<Attachment> {
  const bytes = await content.arrayBuffer();
  const said = { sha256: await hashed(bytes), size: bytes.byteLength, media_type: content.type, purpose };
  await keepBytes(opened, said, bytes);
  return said;
}

/** A file with the declaration that it has already. Its hash was checked by whoever brings it. Raises DiskFull while the
 * room that is kept for work cannot be put aside: a photo takes none of it, also where it was let go of. */
export async function keepBytes(opened: Opened, said: Attachment, bytes: BufferSource): Promise<void> {
  if (!(await putAside())) throw new DiskFull();
  const row = await sealFile(opened.key, said, bytes);
  await writeSparing(opened.db, ["files"], (writing) => writing.objectStore("files").put(row, said.sha256));
}

export async function sealFile(key: CryptoKey, said: Attachment, bytes: BufferSource): Promise<{ said: Sealed; content: Sealed }> {
  const kept: Said = { ...said, kept_at: Date.now() };
  return {
    said: await sealJson(key, saidPlace(said.sha256), kept),
    content: await sealBytes(key, contentPlace(said.sha256), bytes),
  };
}

/** The declarations of what is still here, the oldest first. */
export async function keptFiles(opened: Opened): Promise<Attachment[]> {
  const found: Said[] = [];
  for (const sha256 of await opened.db.getAllKeys("files")) {
    const said = await opened.db.get("files", sha256);
    const known = said && (await openJson<Said>(opened.key, saidPlace(sha256), said.said).catch(onlyDamaged));
    if (known) found.push(known);
  }
  found.sort((one, other) => one.kept_at - other.kept_at);
  return found.map(({ kept_at: _, ...said }) => said);
}

/** null where the disk has spoilt it. */
export async function fileContent(opened: Opened, sha256: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const row = await opened.db.get("files", sha256);
  return row === undefined ? null : openContent(opened.key, sha256, row.content);
}

export async function letFileGo(opened: Opened, sha256: string): Promise<void> {
  await write(opened.db, ["files"], (writing) => writing.objectStore("files").delete(sha256));
}

/** A picture may be on the disk a moment before the form that it is taken for names it. */
const BEING_NAMED_MS = 10 * 60_000;

/** Forgets a file that nobody needs: on the disk for a while, and `needed` does not say otherwise at the last moment. A
 * file that was kept anew meanwhile stays. Was it forgotten? */
export async function letStrayGo(opened: Opened, sha256: string, needed: () => Promise<boolean>): Promise<boolean> {
  const row = await opened.db.get("files", sha256);
  const said = row && (await openJson<Said>(opened.key, saidPlace(sha256), row.said).catch(onlyDamaged));
  // of a clock that was set back nobody knows how long it has been there
  if (!row || !said || !(Date.now() - said.kept_at > BEING_NAMED_MS) || (await needed())) return false;
  let gone = false;
  await write(opened.db, ["files"], async (writing) => {
    const files = writing.objectStore("files");
    const now = await files.get(sha256);
    gone = now !== undefined && isSame(now.said.iv, row.said.iv);
    if (gone) await files.delete(sha256);
  });
  return gone;
}

// every sealing has its own
const isSame = (one: Uint8Array, other: Uint8Array): boolean => one.every((byte, at) => byte === other[at]);

/** What a sealed row of `files` says; null where it is spoilt. The key is the profile's, or that of a file of work. */
export async function openSaid(key: CryptoKey, sha256: string, sealed: Sealed): Promise<Attachment | null> {
  const said = await openJson<Said>(key, saidPlace(sha256), sealed).catch(onlyDamaged);
  if (said === null) return null;
  const { kept_at: _, ...known } = said;
  return known;
}

export async function openContent(key: CryptoKey, sha256: string, sealed: Sealed): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = await openBytes(key, contentPlace(sha256), sealed).catch(onlyDamaged);
  if (bytes === null || (await hashed(bytes)) !== sha256) return null;
  return new Uint8Array(bytes);
}

async function hashed(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function onlyDamaged(error: unknown): null {
  if (error instanceof Damaged) return null;
  throw error;
}
