// The way out without a network: what was not sent, with its photos, as one sealed file that a passphrase opens.
//
// Both tablets may send it in the end. The server knows a submission by its id and by its whole content, `seq` and
// `base_version` among it, and by the account that sent it (mobile_sync/journal.py, intake.py), not by the tablet. So
// what goes into a file is sealed first and never changes again, the other tablet sends it with the `seq` it had, and
// only a tablet of the same account takes it: another account's repetition is refused as submission-id-reused.

import { deleteDB, openDB } from "idb";

import { DiskFull, type OutboxRow, profileDatabase, type Stores } from "./database.ts";
import { dropEntry, entries, type Entry } from "./directory.ts";
import { addDrafts, type Draft, draftPlace, NOT_HOME } from "./drafts.ts";
import { keepBytes, keptFiles, fileContent, openContent, openSaid, sealFile } from "./files.ts";
import { newDataKey, wrap, wrappingFrom } from "./keys.ts";
import { sealForGood, takeOver } from "./outbox.ts";
import { workPlace } from "./outbox_rows.ts";
import { Damaged, openJson, type Sealed, sealJson } from "./sealing.ts";
import { keyPlace, type Opened } from "./vault.ts";
import { packed, type SealedPiece, unpacked } from "./work_file.ts";
import type { Attachment } from "../wire.ts";
import { STANDING, type Work } from "../work.ts";

/** The file is of another account or another server: this tablet cannot send it. */
export class OfAnotherAccount extends Error {
  readonly username: string;
  constructor(username: string) {
    super(username);
    this.username = username;
  }
}

/** Some of a file is spoilt: what could be read was taken. */
export class PartlyDamaged extends Error {
  readonly added: number;
  readonly damaged: number;
  constructor({ works: added }: Taken, damaged: number) {
    super(`${damaged} pieces are damaged`);
    this.added = added;
    this.damaged = damaged;
  }
}

/** How much was new on this tablet. */
export type Taken = { works: number; drafts: number };

export type Export = { device_id: string; username: string; server: string; made_at: string; works: Work[]; drafts: Draft[]; files: Attachment[]; damaged: number };
type Photo = Attachment & { content: Uint8Array<ArrayBuffer> };
type Read = Omit<Export, "files"> & { photos: Photo[] };

const EXPORT_KEY = "key:export";

/** A file with everything that the server has not acknowledged as stored. What it holds is final from now on. Half-filled
 * forms are not in it: they stay, and two tablets that go on with one form are two answers with one id. */
export async function exportOutbox(opened: Opened, passphrase: string): Promise<Blob> {
  const works = await sealForGood(opened);
  const wrapping = await wrappingFrom(passphrase);
  const readable = await newDataKey();
  const { device_id, username, server } = opened.profile;
  const who = { device_id, username, server, made_at: new Date().toISOString() };
  return packed(who, EXPORT_KEY, await wrap(readable, wrapping, EXPORT_KEY), piecesOf(opened, readable, works));
}

async function* piecesOf(opened: Opened, key: CryptoKey, works: Work[]): AsyncIterable<SealedPiece> {
  for (const [row, work] of works.entries()) yield { kind: "work", row, sealed: await sealJson(key, workPlace(row), work) };
  for (const said of await keptFiles(opened)) {
    const content = await fileContent(opened, said.sha256);
    if (content !== null) yield* filePieces(said.sha256, await sealFile(key, said, content));
  }
}

/** What a file holds; `damaged`: pieces that the way here has spoilt. Raises NotOpened for a wrong passphrase,
 * SyntaxError for a file that is none. */
export async function readExport(file: Blob, passphrase: string): Promise<Export> {
  const { photos, ...read } = await opening(file, passphrase);
  return { ...read, files: photos.map(({ content: _, ...said }) => said) };
}

/** Puts the work of a file into this outbox under its own submission ids (twice is once), and the forms that a wiped
 * tablet left among the drafts. Raises as readExport, OfAnotherAccount, DiskFull, PartlyDamaged. */
export async function importOutbox(opened: Opened, file: Blob, passphrase: string): Promise<Taken> {
  const read = await opening(file, passphrase);
  const added = await taken(opened, read);
  if (read.damaged > 0) throw new PartlyDamaged(added, read.damaged);
  return added;
}

async function taken(opened: Opened, { works, drafts, photos, username, server, device_id }: Read): Promise<Taken> {
  if (username !== opened.profile.username || server !== opened.profile.server) throw new OfAnotherAccount(username);
  // the photos first: work that is here has what it declares. Where there is no room for them the work comes all the
  // same; they come when the file is taken once more
  const full = await keptAll(opened, photos).then(() => null, onlyFull);
  const added = await takeOver(opened, works, device_id);
  const forms = await addDrafts(opened, drafts.filter((one) => one.kind !== NOT_HOME));
  if (full !== null) throw full;
  return { works: added, drafts: forms };
}

async function keptAll(opened: Opened, photos: Photo[]): Promise<void> {
  for (const { content, ...said } of photos) await keepBytes(opened, said, content);
}

function onlyFull(error: unknown): DiskFull {
  if (error instanceof DiskFull) return error;
  throw error;
}

export type LeftBehind = { id: string; username: string; wiped_at: string; count: number; drafts: number; files: number; file: Blob };

/** What is left of wiped profiles: sealed files that only the password opens. `count`: work that was not sent; `drafts`:
 * forms that were not finished. */
export async function leftBehind(): Promise<LeftBehind[]> {
  const left: LeftBehind[] = [];
  for (const one of await entries()) if (one.wiped_at !== null) left.push(await leftOf(one, one.wiped_at));
  return left;
}

/** Takes over what a wiped profile left, with the password it had then; when it is in this outbox, nothing is left there.
 * Raises as importOutbox. */
export async function takeLeftBehind(opened: Opened, id: string, password: string): Promise<Taken> {
  const left = (await leftBehind()).find((one) => one.id === id);
  if (left === undefined) return { works: 0, drafts: 0 };
  const read = await opening(left.file, password);
  const added = await taken(opened, read);
  if (read.damaged > 0) return added; // perhaps somebody can still read it
  await deleteDB(profileDatabase(id));
  await dropEntry(id);
  return added;
}

async function leftOf(one: Entry, wiped: string): Promise<LeftBehind> {
  const db = await openDB<Stores>(profileDatabase(one.id), undefined, { blocking: () => db.close() });
  try {
    const [numbers, rows] = await Promise.all([db.getAllKeys("outbox"), db.getAll("outbox")]);
    const [hashes, drafts] = await Promise.all([db.getAllKeys("files"), db.count("drafts")]);
    const who = { device_id: one.device_id, username: one.username, server: one.server, made_at: wiped };
    const file = await packed(who, keyPlace(one.id, "password"), one.password, rowsAsTheyLie(db, numbers, rows, hashes));
    const count = rows.filter((row) => row.due).length;
    return { id: one.id, username: one.username, wiped_at: wiped, count, drafts, files: hashes.length, file };
  } finally {
    db.close();
  }
}

type ProfileDatabase = Awaited<ReturnType<typeof openDB<Stores>>>;

async function* rowsAsTheyLie(db: ProfileDatabase, numbers: number[], rows: OutboxRow[], hashes: string[]): AsyncIterable<SealedPiece> {
  for (const [at, row] of numbers.entries()) yield { kind: "work", row, sealed: rows[at]!.work };
  const [ids, drafts] = await Promise.all([db.getAllKeys("drafts"), db.getAll("drafts")]);
  for (const [at, id] of ids.entries()) yield { kind: "draft", id, sealed: drafts[at]! };
  for (const sha256 of hashes) {
    const file = await db.get("files", sha256);
    if (file !== undefined) yield* filePieces(sha256, file);
  }
}

function* filePieces(sha256: string, { said, content }: { said: Sealed; content: Sealed }): Iterable<SealedPiece> {
  yield { kind: "said", sha256, sealed: said };
  yield { kind: "content", sha256, sealed: content };
}

async function opening(file: Blob, secret: string): Promise<Read> {
  const { who, key, pieces } = await unpacked(file, secret);
  const said = new Map<string, Attachment>();
  const read: Read = { ...who, works: [], drafts: [], photos: [], damaged: 0 };
  for (const piece of pieces) {
    if (piece.kind === "work") {
      const work = await openJson<Work>(key, workPlace(piece.row), piece.sealed).catch(onlyDamaged);
      // what was in force is on the server; the rest is as it was, to be sent again. What the server holds still needs its
      // photo, and what it refused is put right by whoever sees it
      if (work === null) read.damaged += 1;
      else if (!STANDING.includes(work.outcome ?? "")) read.works.push(work);
    } else if (piece.kind === "draft") {
      const draft = await openJson<Draft>(key, draftPlace(piece.id), piece.sealed).catch(onlyDamaged);
      if (draft === null) read.damaged += 1;
      else read.drafts.push(draft);
    } else if (piece.kind === "said") {
      const known = await openSaid(key, piece.sha256, piece.sealed);
      if (known !== null) said.set(piece.sha256, known);
    } else {
      const content = await openContent(key, piece.sha256, piece.sealed);
      const known = said.get(piece.sha256);
      if (content === null || known === undefined) read.damaged += 1;
      else read.photos.push({ ...known, content });
    }
  }
  return read;
}

function onlyDamaged(error: unknown): null {
  if (error instanceof Damaged) return null;
  throw error;
}
