// The outbox on the disk. Work is on the disk (durability "strict") before it is shown as saved; it never changes; it is
// marked by its own id, from a receipt; it leaves only by letGo. The rules are those of mobile_sync/tablet_storage.py.
//
// Every function gives the whole outbox as it is then, not a change of what the caller held: a surveyor saves a form
// while a receipt is being marked, and neither may take the other off the screen.

import { unlessFull } from "./database.ts";
import { inTurn } from "./in_turn.ts";
import { became, boxNow, boxOf, type Box, commit, type Row } from "./outbox_rows.ts";
import type { Opened } from "./vault.ts";
import { instant, uuid7 } from "../ids.ts";
import type { Data, Entity, Outcome, Uuid } from "../wire.ts";
import { isUnsent, madeOn, STANDING, type Work } from "../work.ts";

/** What a verb of the surveyor adds; the outbox gives submission_id, seq and recorded_at. */
export type NewWork = { entity: Entity; id: Uuid; base_version: number | null; data: Data };

/** In the order in which it was done. */
export const loadOutbox = (opened: Opened): Promise<Work[]> => changing(opened, async () => {});

/** The outbox as the disk has it, without a wait; after loadOutbox. */
export const outboxNow = (opened: Opened): Work[] => listed(boxNow(opened));

/** How many rows the disk has spoilt: they stay where they are, and cannot be sent. After loadOutbox. */
export const damagedWork = (opened: Opened): number => boxNow(opened)?.damaged ?? 0;

/** Adds work in one transaction, in the order given, and gives it; deletes the draft it came from in the same one. A
 * draft gives work once: the second time this gives what the first one added. Raises DiskFull: nothing was added. */
export async function addWork(opened: Opened, works: NewWork[], fromDraft?: string): Promise<Work[]> {
  let added: Work[] = [];
  await changing(opened, async (box) => {
    const before = fromDraft === undefined ? null : await became(opened, fromDraft);
    if (before !== null) {
      added = listed(box).filter((one) => before.includes(one.submission_id));
      return;
    }
    const rows = works.map((one, at) => newRow(one, box.ledger.next + at));
    const draft = fromDraft === undefined ? undefined : { id: fromDraft, became: rows.map((one) => one.work.submission_id) };
    await commit(opened, box, { rows, draft, ledger: { ...box.ledger, next: box.ledger.next + rows.length } });
    added = rows.map((one) => one.work);
  });
  return added;
}

/** Work of another tablet (`from`), as it was there: under its own ids, seq and content; what the server has of it is offered
 * once more. What is here already stays as it is. What is done here later has a higher seq. How much was new. */
export async function takeOver(opened: Opened, works: Work[], from: Uuid): Promise<number> {
  let rows: Row[] = [];
  await changing(opened, async (box) => {
    const here = new Set(listed(box).map((one) => one.submission_id));
    const fresh = works.filter((one) => !here.has(one.submission_id));
    rows = fresh.map((work, at) => ({ row: box.ledger.next + at, work: shared(due(work, true), work.shared?.from ?? from) }));
    if (rows.length === 0) return;
    const next = Math.max(box.ledger.next + rows.length, ...fresh.map((one) => one.seq + 1));
    await commit(opened, box, { rows, ledger: { ...box.ledger, next } });
  });
  return rows.length;
}

/** Before work is sent: what it is made on is what its predecessors have become by now (work.ts, madeOn), and final. It
 * is sent as it is given back here, now and at every repetition. */
export async function sealWork(opened: Opened, works: Work[]): Promise<Work[]> {
  const asked = new Set(works.map((one) => one.submission_id));
  const all = await changing(opened, async (box) => {
    const outbox = listed(box);
    const open = box.rows.filter(({ work }) => asked.has(work.submission_id) && !work.sealed);
    const rows = open.map(({ row, work }) => ({ row, work: { ...work, base_version: madeOn(work, outbox), sealed: true } }));
    if (rows.length > 0) await commit(opened, box, { rows });
  });
  const now = new Map(all.map((one) => [one.submission_id, one]));
  return works.map((one) => now.get(one.submission_id)).filter((one) => one !== undefined);
}

/** Before work leaves the tablet in a file: all that is unsent is final, so that both tablets send the same, and
 * made on what was seen: what a third one changed meanwhile is not overwritten. Where one tablet sends the first
 * change of a record and the other one the second, these two may become a conflict, and a person decides. The work as it
 * leaves; on a full disk too, where the way out is needed most (what is then sent otherwise after all, the server keeps beside
 * the first, refused). */
export async function sealForGood(opened: Opened): Promise<Work[]> {
  let leaving: Work[] = [];
  await changing(opened, async (box) => {
    const outbox = listed(box);
    const unsent = box.rows.filter((one) => isUnsent(one.work)).map(({ row, work }): Row => {
      const left = work.shared === undefined ? shared(work, null) : work;
      return { row, work: work.sealed ? left : { ...left, base_version: madeOn(work, outbox), sealed: true } };
    });
    leaving = unsent.map((one) => one.work);
    const rows = unsent.filter(({ work }) => !outbox.includes(work));
    if (rows.length > 0) await commit(opened, box, { rows }).catch(unlessFull);
  });
  return leaving;
}

/** What a receipt or an outcome page of `epoch` says. An epoch other than the known one makes all kept work due again.
 * `whose`: the page of another tablet says nothing of how far this one's work is in a backup. */
export async function markWork(
  opened: Opened, outcomes: Outcome[], epoch: string, durableThrough: number, whose: "this" | "another" = "this",
): Promise<Work[]> {
  const told = new Map(outcomes.map((one) => [one.submission_id, one]));
  return changing(opened, async (box) => {
    const restored = epoch !== box.ledger.epoch;
    const kept = restored ? null : box.ledger.durable_through;
    await change(opened, box, { epoch, durable_through: whose === "this" ? durableThrough : kept }, (work) => {
      const known = restored ? due(work, false) : work;
      const said = told.get(work.submission_id);
      return said === undefined ? known : marked(known, said, epoch, known.seq <= durableThrough);
    });
  });
}

/** An answer told the epoch, or that the server was set back (410): all kept work is due again if it differs. */
export async function heardEpoch(opened: Opened, epoch: string | "doubt"): Promise<Work[]> {
  return changing(opened, async (box) => {
    if (epoch === box.ledger.epoch) return;
    const known = epoch === "doubt" ? box.ledger.epoch : epoch;
    await change(opened, box, { epoch: known, durable_through: null }, (work) => due(work, epoch === "doubt"));
  });
}

/** After a whole pull: what was acknowledged before is in the records now. */
export async function markPulled(opened: Opened): Promise<Work[]> {
  return changing(opened, async (box) => {
    await change(opened, box, {}, (work) => (isInForce(work) && !work.pulled ? { ...work, pulled: true } : work));
  });
}

/** Forgets what cannot be lost any more: in force, pulled, in a verified backup of this epoch; what is left.
 *
 * Its seq alone does not tell: a server restored from a backup may call seq 1 to 9 durable and never have had 7. So only
 * what a receipt of the present epoch names. Of shared work only the answer that named it tells. Not yet where a later change of the record will need its version. */
export async function letGo(opened: Opened): Promise<Work[]> {
  return changing(opened, async (box) => {
    const { durable_through: durable } = box.ledger;
    if (durable === null) return;
    const needed = new Set(listed(box).filter((one) => !one.sealed).map((one) => one.id));
    const safe = box.rows.filter(({ work }) => isInForce(work) && work.pulled && isDurable(work, durable) && !needed.has(work.id));
    if (safe.length > 0) await commit(opened, box, { gone: safe.map((one) => one.row) });
  });
}

/** One after the other; the whole outbox afterwards. */
async function changing(opened: Opened, work: (box: Box) => Promise<void>): Promise<Work[]> {
  return inTurn(opened, "outbox", async () => {
    const box = await boxOf(opened);
    await work(box);
    return listed(box);
  });
}

/** Writes what differs, with what an answer said of the server. */
async function change(opened: Opened, box: Box, said: { epoch?: string | null; durable_through?: number | null }, how: (work: Work) => Work): Promise<void> {
  const rows = box.rows.map(({ row, work }) => ({ row, work: how(work) })).filter((one, at) => one.work !== box.rows[at]!.work);
  const ledger = { ...box.ledger, ...said };
  const same = ledger.epoch === box.ledger.epoch && ledger.durable_through === box.ledger.durable_through;
  if (rows.length > 0 || !same) await commit(opened, box, { rows, ledger });
}

const listed = (box: Box | null): Work[] => (box?.rows ?? []).map((one) => one.work);

const shared = (work: Work, from: Uuid | null): Work => ({ ...work, shared: { from, durable: false } });

const isDurable = (work: Work, durable: number): boolean => work.shared?.durable ?? work.seq <= durable;

// The outcome is only ever one of the present epoch: in another one `due` took it away.
const isInForce = (work: Work): boolean => STANDING.includes(work.outcome ?? "");

/** To be sent again; what was told stays, for its version is what later work is made on. `forgotten`: the epoch that
 * told it is in doubt. */
function due(work: Work, forgotten: boolean): Work {
  if (isUnsent(work) && !work.pulled && !(forgotten && work.epoch !== null)) return work;
  return { ...work, outcome: null, pulled: false, epoch: forgotten ? null : work.epoch };
}

function marked(work: Work, told: Outcome, epoch: string, durable: boolean): Work {
  const same = work.epoch === epoch && work.outcome === told.outcome && work.told?.version === told.version;
  const known = work.shared === undefined || work.shared.durable === durable;
  if (same && known && JSON.stringify(work.told) === JSON.stringify(told)) return work;
  const now = { ...work, outcome: told.outcome, told, epoch, pulled: work.pulled && same };
  return work.shared === undefined ? now : { ...now, shared: { ...work.shared, durable } };
}

function newRow(work: NewWork, row: number): Row {
  const data = JSON.parse(JSON.stringify(work.data)) as Data; // as it will lie on the disk and be sent, whatever the form does
  const added = { ...work, data, submission_id: uuid7(), seq: row, recorded_at: instant(), sealed: false };
  return { row, work: { ...added, outcome: null, told: null, epoch: null, pulled: false } };
}
