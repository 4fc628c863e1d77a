// How a tablet sends its outbox: in batches, each piece of work as often as it takes until a receipt names it. The twin
// of mobile_sync/tablet_push.py.

import { markWork, sealWork } from "../disk/outbox.ts";
import { instant, uuid7 } from "../ids.ts";
import type { Tablet } from "../tablet.ts";
import type { Info, Receipt, Submission, Uuid } from "../wire.ts";
import { isUnsent, madeOn, type Work } from "../work.ts";
import { changing } from "./changing.ts";
import { Refused, Unreachable } from "./line.ts";
import { appVersion, formVersion } from "./versions.ts";

/** So that a line that breaks has carried something, and the screens follow. */
const MOST_AT_ONCE = 200;
/** A line that breaks within every large batch still carries small ones. */
const SMALLEST_BATCH = 20;
/** Room for what surrounds the submissions of a batch. */
const ENVELOPE_BYTES = 1000;

/** `refused`: the records whose work was too large even alone, so that what was done on them later waits too. */
type Limits = { submissions: number; bytes: number; refused: Map<Uuid, Refused> };

/** In the order in which it was done. */
export const unsentOf = (tablet: Tablet): Work[] => tablet.outbox.value.filter(isUnsent);

/** What stays in the outbox beside this batch: how much, and since when. The officer of the fleet sees it. */
export function waiting(tablet: Tablet, batch: Work[] = []): { pending: number; oldest_pending_at: string | null } {
  const sent = new Set(batch.map((work) => work.submission_id));
  const left = unsentOf(tablet).filter((work) => !sent.has(work.submission_id));
  return { pending: left.length, oldest_pending_at: left[0]?.recorded_at ?? null };
}

/** Sends what is in the outbox; how much a receipt has named. Raises Unreachable or Refused: whatever was acknowledged
 * until then is marked, the rest stays. What the server does not take even alone keeps nothing else back: it is told at
 * the end, as Refused, and stays. */
export async function push(tablet: Tablet, info: Info, tell: (done: number, all: number) => void): Promise<number> {
  const submissions = Math.min(info.max_submissions, MOST_AT_ONCE);
  const limits: Limits = { submissions, bytes: info.max_bytes, refused: new Map() };
  const patience = 3 * unsentOf(tablet).length + 100;
  let done = 0;
  tell(0, unsentOf(tablet).length);
  for (let batch = await ready(tablet, limits); batch.length > 0; batch = await ready(tablet, limits)) {
    done += await send(tablet, batch, limits);
    tell(done, done + unsentOf(tablet).length);
    if (done > patience) throw new Unreachable("the server forgets what it has acknowledged");
  }
  for (const refused of limits.refused.values()) throw refused;
  return done;
}

/** Sends once more what the server has, as it was: the receipt tells how it stands now. */
export async function repeat(tablet: Tablet, info: Info, works: Work[]): Promise<void> {
  const limits: Limits = { submissions: Math.min(info.max_submissions, MOST_AT_ONCE), bytes: info.max_bytes, refused: new Map() };
  for (let first = 0; first < works.length; first += limits.submissions) {
    await send(tablet, works.slice(first, first + limits.submissions), limits);
  }
}

/** The next batch: in order, within the limits, and no change of a record whose earlier change has no receipt. Two of
 * them on the road at once could not name their versions: the second is made on what the first becomes. A review is
 * scored from the people as the server has them when it comes: what was left out ahead of it goes first. */
async function ready(tablet: Tablet, limits: Limits): Promise<Work[]> {
  const outbox = tablet.outbox.value;
  const batch: Work[] = [];
  const touched = new Set(limits.refused.keys());
  let bytes = ENVELOPE_BYTES;
  let leftOut = false;
  for (const work of unsentOf(tablet)) {
    if (leftOut && work.entity === "review") break;
    if (touched.has(work.id)) {
      leftOut ||= !limits.refused.has(work.id);
      continue;
    }
    touched.add(work.id);
    bytes += sizeOf({ ...work, base_version: madeOn(work, outbox) });
    if (batch.length > 0 && (batch.length >= limits.submissions || bytes > limits.bytes)) break;
    batch.push(work);
  }
  return batch.length === 0 ? batch : sealWork(tablet.opened, batch);
}

/** Sends one batch; where it is too large for the server or the line after all, two halves of it. */
async function send(tablet: Tablet, batch: Work[], limits: Limits): Promise<number> {
  try {
    const receipt = await posted(tablet, batch);
    await changing(tablet, markWork(tablet.opened, receipt.outcomes, receipt.epoch, receipt.durable_through));
    return named(batch, receipt);
  } catch (error) {
    if (error instanceof Refused && error.status === 413) {
      if (batch.length > 1) return halved(tablet, batch, limits);
      limits.refused.set(batch[0]!.id, error);
      return 0;
    }
    if (batch.length > SMALLEST_BATCH && smallerMayPass(tablet, error)) return halved(tablet, batch, limits);
    throw error;
  }
}

/** The line broke, and nobody asked to wait: less may get through where this did not. */
export function smallerMayPass(tablet: Tablet, error: unknown): boolean {
  return error instanceof Unreachable && error.retryAfter === 0 && !tablet.ending.signal.aborted;
}

async function halved(tablet: Tablet, batch: Work[], limits: Limits): Promise<number> {
  const middle = Math.floor(batch.length / 2);
  limits.submissions = Math.max(1, middle);
  const first = await send(tablet, batch.slice(0, middle), limits);
  return first + (await send(tablet, batch.slice(middle), limits));
}

/** How much of the batch the receipt names: all of it, or it is no receipt for it and would be asked for without end. */
function named(batch: Work[], receipt: Receipt): number {
  const told = new Set(receipt.outcomes.map((outcome) => outcome.submission_id));
  if (batch.every((work) => told.has(work.submission_id))) return batch.length;
  throw new Unreachable("the receipt does not name everything that was sent");
}

async function posted(tablet: Tablet, batch: Work[]): Promise<Receipt> {
  const body = {
    protocol: 1,
    batch_id: uuid7(),
    device_id: tablet.opened.profile.device_id,
    sent_at: instant(),
    ...waiting(tablet, batch),
    app_version: appVersion,
    form_version: formVersion(tablet.reference.value),
    submissions: batch.map(submission),
  };
  const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
  const response = await tablet.line.call("POST", "/sync/v1/batches", { body: await packed(JSON.stringify(body)), headers });
  return response.json();
}

/** On the wire, before it is packed, with the comma. */
const sizeOf = (work: Work): number => new TextEncoder().encode(JSON.stringify(submission(work))).length + 2;

async function packed(text: string): Promise<ArrayBuffer> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

function submission({ submission_id, seq, entity, id, base_version, recorded_at, data }: Work): Submission {
  return { submission_id, seq, entity, id, base_version, recorded_at, data };
}
