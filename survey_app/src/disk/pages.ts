// The records that were pulled, on the disk: sealed in 256 pages by household, so that a commune of 3,000 households
// opens in 256 steps.
//
// What a page of the feed brings touches many of them: it is written as it came, as one sealed row of `changes`, and is
// laid into the pages when many rows wait. Rows say what became of a record, and may be read over pages that hold them
// already: laying in needs no single transaction, and may be cut off anywhere.

import { breather, inTurn } from "./in_turn.ts";
import { Damaged, openJson, type Sealed, sealJson } from "./sealing.ts";
import { settingPlace } from "./settings.ts";
import type { Opened } from "./vault.ts";
import { inSlices, write } from "./writing.ts";
import { type Kept, PAGES, pageOf, Register } from "../register/register.ts";
import type { Change, Uuid } from "../wire.ts";

/** What became of records: as they are now, or null where they are no more. */
type Became = [Uuid, Kept | null][];
/** The rows of `changes` that wait, and the pages that they touch. */
type Waiting = { next: number; rows: number[]; pages: Set<number> };

const MOST_WAITING = 64;
const PAGES_AT_ONCE = 8;
/** In `damaged`: not a page, but a row of `changes`. */
const A_CHANGE = -1;

const pagePlace = (page: number): string => `pages:${page}`;
const changePlace = (row: number): string => `changes:${row}`;
const waiting = new WeakMap<Opened, Waiting>();

/** All pages into memory, in steps that leave the screen alive; tells how much is done, in pages and rows. A damaged page is left
 * out, and told, so that convergence fetches it again. */
export async function loadRegister(
  opened: Opened, progress: (done: number, all: number) => void,
): Promise<{ register: Register; damaged: number[] }> {
  const register = new Register();
  const damaged: number[] = [];
  const breathe = breather();
  const rows = await opened.db.getAllKeys("changes");
  const all = PAGES + rows.length;
  for (let first = 0; first < PAGES; first += PAGES_AT_ONCE) {
    const range = IDBKeyRange.bound(first, first + PAGES_AT_ONCE - 1);
    const reading = opened.db.transaction("pages");
    const [numbers, pages] = await Promise.all([reading.store.getAllKeys(range), reading.store.getAll(range)]);
    const opening = numbers.map((page, at) => whole<Kept[]>(opened, pagePlace(page), pages[at]!));
    for (const [at, page] of numbers.entries()) {
      const records = await opening[at]!;
      if (records === null) damaged.push(page);
      for (const record of records ?? []) register.put(record);
      await breathe();
    }
    progress(Math.min(first + PAGES_AT_ONCE, PAGES), all);
  }
  const wait: Waiting = { next: 0, rows: [], pages: new Set() };
  for (const [done, row] of rows.entries()) {
    const became = await whole<Became>(opened, changePlace(row), (await opened.db.get("changes", row))!);
    if (became === null) damaged.push(A_CHANGE);
    else await apply(register, became, wait);
    wait.rows.push(row);
    wait.next = row + 1;
    progress(PAGES + done + 1, all);
  }
  waiting.set(opened, wait);
  return { register, damaged };
}

/** Stores what a page of the feed brought, in one transaction with the settings that belong to it (the cursor, …); then
 * changes the register in memory. `life`: which first sync the records are of. */
export async function storeChanges(
  opened: Opened, register: Register, changes: Change[], life: number, settings: Record<string, unknown>,
): Promise<void> {
  await inTurn(opened, "pages", async () => {
    const draft = new Draft(register);
    for (const change of changes) {
      if (change.op === "remove") draft.remove(change.id);
      else draft.put(keptFrom(change, life));
    }
    await store(opened, register, [...draft.became], settings);
  });
}

/** At the end of a first sync: forgets the records that it did not bring, and lays in the others: what opens the tablet
 * from now on are pages, each read by itself. */
export async function removeBefore(opened: Opened, register: Register, life: number): Promise<void> {
  await inTurn(opened, "pages", async () => {
    const old = [...register.allKept()].filter((one) => one.life < life);
    await store(opened, register, old.map((one) => [one.id, null]), {});
    const wait = waiting.get(opened);
    if (wait !== undefined && wait.rows.length > 0) await layIn(opened, register, wait);
  });
}

/** Removes records (convergence has found them too many), with no change of the feed. */
export async function removeRecords(opened: Opened, register: Register, records: Kept[]): Promise<void> {
  await inTurn(opened, "pages", async () => {
    const known = records.filter((one) => register.kept(one.id) !== null);
    await store(opened, register, known.map((one) => [one.id, null]), {});
  });
}

function keptFrom(change: Change, life: number): Kept {
  const { entity, id, version, area_id, data } = change;
  return { entity, id, version, area_id: area_id ?? null, data: data ?? {}, life };
}

/** What will become of records: the register in memory changes only when it is on the disk. */
class Draft {
  readonly #register: Register;
  readonly became = new Map<Uuid, Kept | null>();

  constructor(register: Register) {
    this.#register = register;
  }

  /** Unless a newer one is there already. */
  put(record: Kept): void {
    const known = this.#known(record.id);
    if (known !== null && record.version < known.version && record.life <= known.life) return;
    this.became.set(record.id, record);
  }

  remove(id: Uuid): void {
    if (this.#known(id) !== null) this.became.set(id, null);
  }

  #known(id: Uuid): Kept | null {
    const became = this.became.get(id);
    return became === undefined ? this.#register.kept(id) : became;
  }
}

async function store(opened: Opened, register: Register, became: Became, settings: Record<string, unknown>): Promise<void> {
  const wait = waiting.get(opened) ?? (await waitingOn(opened));
  const row = wait.next;
  const sealed = became.length === 0 ? null : await sealJson(opened.key, changePlace(row), became);
  const said: [string, Sealed | null][] = [];
  for (const [name, value] of Object.entries(settings)) {
    const gone = value === null || value === undefined;
    said.push([name, gone ? null : await sealJson(opened.key, settingPlace(name), value)]);
  }
  if (sealed === null && said.length === 0) return;
  await write(opened.db, ["changes", "settings"], (writing) => {
    const named = writing.objectStore("settings");
    return Promise.all<unknown>([
      sealed && writing.objectStore("changes").put(sealed, row),
      ...said.map(([name, value]) => (value === null ? named.delete(name) : named.put(value, name))),
    ]);
  }, "relaxed"); // lost with its cursor, it is pulled again
  if (sealed === null) return;
  wait.next = row + 1;
  wait.rows.push(row);
  await apply(register, became, wait);
  if (wait.rows.length >= MOST_WAITING) await layIn(opened, register, wait);
}

async function apply(register: Register, became: Became, wait: Waiting): Promise<void> {
  const breathe = breather();
  for (const [at, [id, record]] of became.entries()) {
    if (at % 50 === 49) await breathe();
    const known = register.kept(id);
    if (known !== null) wait.pages.add(pageOf(known)); // a person may have moved to another household
    if (record === null) {
      register.remove(id);
    } else {
      wait.pages.add(pageOf(record));
      register.put(record);
    }
  }
}

/** Writes the pages that the waiting rows touch, and then forgets the rows. */
async function layIn(opened: Opened, register: Register, wait: Waiting): Promise<void> {
  const breathe = breather();
  const pages = [...wait.pages];
  for (let first = 0; first < pages.length; first += PAGES_AT_ONCE) {
    const sealed: [number, Sealed | null][] = [];
    for (const page of pages.slice(first, first + PAGES_AT_ONCE)) {
      const records = register.page(page);
      sealed.push([page, records.length === 0 ? null : await sealJson(opened.key, pagePlace(page), records)]);
      await breathe();
    }
    await write(opened.db, ["pages"], (writing) => {
      const kept = writing.objectStore("pages");
      return inSlices(sealed, ([page, value]) => (value === null ? kept.delete(page) : kept.put(value, page)));
    }, "relaxed");
  }
  // after the pages, in the order in which one database writes: strict, so that they are on the disk before the rows go
  await write(opened.db, ["changes"], (writing) => inSlices(wait.rows, (row) => writing.objectStore("changes").delete(row)));
  wait.rows = [];
  wait.pages.clear();
}

/** Of a profile that was just made, whose register nobody has loaded: the rows that are there are read with it later. */
async function waitingOn(opened: Opened): Promise<Waiting> {
  const rows = await opened.db.getAllKeys("changes");
  const wait: Waiting = { next: (rows.at(-1) ?? -1) + 1, rows: [], pages: new Set() };
  waiting.set(opened, wait);
  return wait;
}

async function whole<T>(opened: Opened, place: string, sealed: Sealed): Promise<T | null> {
  try {
    return await openJson<T>(opened.key, place, sealed);
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}
