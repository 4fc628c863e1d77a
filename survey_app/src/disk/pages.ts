// The records that were pulled, on the disk: sealed in 256 pages by household, so that a commune of 3,000 households
// opens in 256 steps and one changed household costs one page.

import { write } from "./database.ts";
import { breather, inTurn } from "./in_turn.ts";
import { Damaged, openJson, type Sealed, sealJson } from "./sealing.ts";
import { settingPlace } from "./settings.ts";
import type { Opened } from "./vault.ts";
import { type Kept, PAGES, pageOf, Register } from "../register/register.ts";
import type { Change, Uuid } from "../wire.ts";

const pagePlace = (page: number): string => `pages:${page}`;
const PAGES_AT_ONCE = 16;

/** All pages into memory, in steps that leave the screen alive; tells how much is done, in pages. A damaged page is left
 * out, and told, so that convergence fetches it again. */
export async function loadRegister(
  opened: Opened, progress: (done: number, all: number) => void,
): Promise<{ register: Register; damaged: number[] }> {
  const register = new Register();
  const damaged: number[] = [];
  const breathe = breather();
  for (let first = 0; first < PAGES; first += PAGES_AT_ONCE) {
    const range = IDBKeyRange.bound(first, first + PAGES_AT_ONCE - 1);
    const reading = opened.db.transaction("pages");
    const [numbers, pages] = await Promise.all([reading.store.getAllKeys(range), reading.store.getAll(range)]);
    for (const [at, page] of numbers.entries()) {
      const records = await openPage(opened, page, pages[at]!);
      if (records === null) damaged.push(page);
      for (const record of records ?? []) register.put(record);
      await breathe();
    }
    progress(Math.min(first + PAGES_AT_ONCE, PAGES), PAGES);
  }
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
    await draft.store(opened, settings);
  });
}

/** At the end of a first sync: forgets the records that it did not bring. */
export async function removeBefore(opened: Opened, register: Register, life: number): Promise<void> {
  await inTurn(opened, "pages", async () => {
    const draft = new Draft(register);
    for (const one of register.allKept()) if (one.life < life) draft.remove(one.id);
    await draft.store(opened, {});
  });
}

/** Removes records (convergence has found them too many), with no change of the feed. */
export async function removeRecords(opened: Opened, register: Register, records: Kept[]): Promise<void> {
  await inTurn(opened, "pages", async () => {
    const draft = new Draft(register);
    for (const one of records) draft.remove(one.id);
    await draft.store(opened, {});
  });
}

function keptFrom(change: Change, life: number): Kept {
  const { entity, id, version, area_id, data } = change;
  return { entity, id, version, area_id: area_id ?? null, data: data ?? {}, life };
}

/** The pages as they will be: the register in memory changes only when they are on the disk. */
class Draft {
  readonly #register: Register;
  readonly #changed = new Map<Uuid, Kept | null>();
  readonly #pages = new Set<number>();

  constructor(register: Register) {
    this.#register = register;
  }

  /** Unless a newer one is there already. */
  put(record: Kept): void {
    const known = this.#known(record.id);
    if (known !== null && record.version < known.version && record.life <= known.life) return;
    if (known !== null) this.#pages.add(pageOf(known)); // a person may have moved to another household
    this.#pages.add(pageOf(record));
    this.#changed.set(record.id, record);
  }

  remove(id: Uuid): void {
    const known = this.#known(id);
    if (known === null) return;
    this.#pages.add(pageOf(known));
    this.#changed.set(id, null);
  }

  async store(opened: Opened, settings: Record<string, unknown>): Promise<void> {
    const pages = await this.#sealed(opened);
    const said: [string, Sealed | null][] = [];
    for (const [name, value] of Object.entries(settings)) {
      const gone = value === null || value === undefined;
      said.push([name, gone ? null : await sealJson(opened.key, settingPlace(name), value)]);
    }
    if (pages.length + said.length === 0) return;
    await write(opened.db, ["pages", "settings"], (writing) => {
      const [kept, named] = [writing.objectStore("pages"), writing.objectStore("settings")];
      return Promise.all<unknown>([
        ...pages.map(([page, sealed]) => (sealed === null ? kept.delete(page) : kept.put(sealed, page))),
        ...said.map(([name, sealed]) => (sealed === null ? named.delete(name) : named.put(sealed, name))),
      ]);
    }, "relaxed"); // lost with its cursor, it is pulled again
    for (const [id, record] of this.#changed) {
      if (record === null) this.#register.remove(id);
      else this.#register.put(record);
    }
  }

  async #sealed(opened: Opened): Promise<[number, Sealed | null][]> {
    const fresh = new Map<number, Kept[]>();
    for (const one of this.#changed.values()) {
      if (one !== null) fresh.set(pageOf(one), [...(fresh.get(pageOf(one)) ?? []), one]);
    }
    const sealed: [number, Sealed | null][] = [];
    const breathe = breather();
    for (const page of this.#pages) {
      const stays = this.#register.page(page).filter((one) => !this.#changed.has(one.id));
      const records = [...stays, ...(fresh.get(page) ?? [])];
      sealed.push([page, records.length === 0 ? null : await sealJson(opened.key, pagePlace(page), records)]);
      await breathe();
    }
    return sealed;
  }

  #known(id: Uuid): Kept | null {
    const changed = this.#changed.get(id);
    return changed === undefined ? this.#register.kept(id) : changed;
  }
}

async function openPage(opened: Opened, page: number, sealed: Sealed): Promise<Kept[] | null> {
  try {
    return await openJson<Kept[]>(opened.key, pagePlace(page), sealed);
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}
