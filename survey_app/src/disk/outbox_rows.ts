// How the outbox lies on the disk, and as it lies there in memory: one row a piece of work, and the ledger, which says
// where the next one stands, in which epoch of the server the work was acknowledged, and how far backups go.
//
// A row's number is the order of work. Work of this tablet is sent with it as `seq`; work that was brought from another
// tablet keeps the `seq` that it had there, because a repetition with another one is another content to the server.

import type { OutboxRow } from "./database.ts";
import { finished } from "./drafts.ts";
import { sideBySide } from "./in_turn.ts";
import { Damaged, openJson, type Sealed, sealJson } from "./sealing.ts";
import type { Opened } from "./vault.ts";
import { inSlices, write } from "./writing.ts";
import { isUnsent, type Work } from "../work.ts";

export type Row = { row: number; work: Work };
/** `next`: no row and no seq was ever as high, also none that was let go. */
export type Ledger = { next: number; epoch: string | null; durable_through: number | null };
export type Box = { rows: Row[]; ledger: Ledger; damaged: number };
/** What one transaction changes. `draft` became work: it goes, and the ledger notes what it became. */
export type Step = { rows?: Row[]; gone?: number[]; ledger?: Ledger; draft?: { id: string; became: string[] } };

const LEDGER = "ledger:outbox";
/** Where a piece of work is sealed: here, and in a file of work. */
export const workPlace = (row: number): string => `outbox:${row}`;
const boxes = new WeakMap<Opened, Box>();

export const boxNow = (opened: Opened): Box | null => boxes.get(opened) ?? null;

/** From the disk the first time. */
export async function boxOf(opened: Opened): Promise<Box> {
  const known = boxes.get(opened);
  if (known !== undefined) return known;
  const reading = opened.db.transaction(["outbox", "ledger"]);
  const [numbers, sealed, ledger] = await Promise.all([
    reading.objectStore("outbox").getAllKeys(),
    reading.objectStore("outbox").getAll(),
    reading.objectStore("ledger").get("outbox"),
  ]);
  const rows = await openRows(opened, numbers, sealed);
  const box = { rows, ledger: await openLedger(opened, ledger, numbers, rows), damaged: numbers.length - rows.length };
  boxes.set(opened, box);
  return box;
}

/** Writes a step down; then it is true in memory too. Raises DiskFull, and all is as before. */
export async function commit(opened: Opened, box: Box, step: Step): Promise<void> {
  const ledger = step.ledger ?? box.ledger;
  const sealed = await sideBySide(step.rows ?? [], async ({ row, work }): Promise<[number, OutboxRow]> => {
    return [row, { due: isUnsent(work), work: await sealJson(opened.key, workPlace(row), work) }];
  });
  const sealedLedger = await sealJson(opened.key, LEDGER, ledger);
  const note = step.draft && (await sealJson(opened.key, finished(step.draft.id), step.draft.became));
  await write(opened.db, ["outbox", "ledger", "drafts"], async (writing) => {
    const [outbox, noted] = [writing.objectStore("outbox"), writing.objectStore("ledger")];
    await noted.put(sealedLedger, "outbox");
    if (step.draft) await writing.objectStore("drafts").delete(step.draft.id);
    if (step.draft && note) await noted.put(note, finished(step.draft.id));
    await inSlices(sealed, ([row, value]) => outbox.put(value, row));
    await inSlices(step.gone ?? [], (row) => outbox.delete(row));
  });
  box.rows = merged(box.rows, step);
  box.ledger = ledger;
}

/** The ids of the work that a draft became; null while it is a draft. */
export async function became(opened: Opened, draft: string): Promise<string[] | null> {
  const note = await opened.db.get("ledger", finished(draft));
  if (note === undefined) return null;
  return openJson<string[]>(opened.key, finished(draft), note).catch(spoilt<string[]>([]));
}

function merged(rows: Row[], step: Step): Row[] {
  const changed = new Map((step.rows ?? []).map((one) => [one.row, one]));
  const gone = new Set(step.gone ?? []);
  const kept = rows.filter((one) => !gone.has(one.row)).map((one) => changed.get(one.row) ?? one);
  const known = new Set(rows.map((one) => one.row));
  return [...kept, ...(step.rows ?? []).filter((one) => !known.has(one.row))];
}

async function openRows(opened: Opened, numbers: number[], sealed: OutboxRow[]): Promise<Row[]> {
  const rows = await sideBySide([...numbers.entries()], async ([at, row]): Promise<Row | null> => {
    const work = await openJson<Work>(opened.key, workPlace(row), sealed[at]!.work).catch(spoilt<null>(null));
    return work === null ? null : { row, work };
  });
  return rows.filter((one) => one !== null); // what is spoilt stays on the disk: nothing here deletes work
}

async function openLedger(opened: Opened, sealed: Sealed | undefined, numbers: number[], rows: Row[]): Promise<Ledger> {
  const highest = Math.max(0, ...numbers, ...rows.map((one) => one.work.seq));
  const none: Ledger = { next: highest + 1, epoch: null, durable_through: null };
  if (sealed === undefined) return none;
  // how far the numbers had come is lost with a spoilt ledger; the milliseconds since 1970 are beyond any of them
  const lost: Ledger = { ...none, next: Math.max(none.next, Date.now()) };
  const ledger = await openJson<Ledger>(opened.key, LEDGER, sealed).catch(spoilt<Ledger>(lost));
  return { ...ledger, next: Math.max(ledger.next, none.next) };
}

const spoilt =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof Damaged) return instead;
    throw error;
  };
