// How a tablet is brought up to date: pages of the feed, each stored together with the cursor it came with. The twin of
// mobile_sync/tablet_pull.py.

import { mergedBy } from "../actions/moving.ts";
import { heardEpoch, markPulled } from "../disk/outbox.ts";
import { removeBefore, storeChanges } from "../disk/pages.ts";
import { setting, setSetting } from "../disk/settings.ts";
import { shown, type Tablet } from "../tablet.ts";
import type { ChangePage } from "../wire.ts";
import { changing } from "./changing.ts";
import { Refused } from "./line.ts";
import { smallerMayPass, waiting } from "./push.ts";

const PAGE = 500;
/** A line that breaks within every large page still carries small ones. */
const SMALLEST_PAGE = 20;

export type Pulled = { changes: number; resynced: boolean };
type Tell = (done: number, all: number | null) => void;

/** Whether the tablet has stood at the end of the feed before: otherwise a pull is a first sync. */
export async function hasPulled({ opened }: Tablet): Promise<boolean> {
  return (await setting(opened, "cursor")) !== null && (await setting(opened, "first_sync")) === null;
}

/** Brings the tablet up to date; after a restore of the server, or other areas, from the start again. With `briefly` it
 * ends where it would have to start again: there is work that must not wait for the whole register. */
export async function pull(tablet: Tablet, tell: Tell, { briefly = false } = {}): Promise<Pulled> {
  const result = { changes: 0, resynced: false };
  let limit = PAGE;
  for (let more = true; more; ) {
    const cursor = await begun(tablet);
    try {
      const first = await firstSync(tablet);
      if (first !== null) tell(first.done, first.all);
      const page = await asked(tablet, cursor, limit);
      await stored(tablet, page, first);
      result.changes += page.changes.length;
      more = page.more;
      if (first === null) tell(result.changes, null);
      else tell(first.done + page.changes.length, first.all);
    } catch (error) {
      if (limit > SMALLEST_PAGE && smallerMayPass(tablet, error)) {
        limit = Math.max(SMALLEST_PAGE, Math.floor(limit / 4));
      } else if (error instanceof Refused && error.slug === "resync-required" && cursor !== null && !result.resynced) {
        result.resynced = true;
        await changing(tablet, heardEpoch(tablet.opened, "doubt"));
        await startAgain(tablet);
        if (briefly) return result;
      } else throw error;
    }
  }
  return result;
}

/** The cursor to ask with; null: from the start. */
async function begun(tablet: Tablet): Promise<string | null> {
  const cursor = await setting<string>(tablet.opened, "cursor");
  if (cursor === null && (await setting(tablet.opened, "first_sync")) === null) await startAgain(tablet);
  return cursor;
}

/** Nothing is thrown away: what the new first sync does not bring is removed at its end; the outbox stays. */
async function startAgain({ opened, register }: Tablet): Promise<void> {
  const life = ((await setting<number>(opened, "life")) ?? 0) + 1;
  const settings = { life, first_sync: { done: 0, all: null }, cursor: null, files_asked: null };
  await storeChanges(opened, register, [], life, settings);
}

type FirstSync = { done: number; all: number | null };

/** How far a first sync is, and how much it brings as the digests count it (null where the server does not say); null
 * where it is none. */
async function firstSync({ opened, line }: Tablet): Promise<FirstSync | null> {
  const known = await setting<FirstSync>(opened, "first_sync");
  if (known === null || known.all !== null || known.done > 0) return known;
  try {
    const told: { areas: { count: number }[] } = await (await line.call("GET", "/sync/v1/digests")).json();
    const counted = { done: 0, all: told.areas.reduce((sum, area) => sum + area.count, 0) };
    await setSetting(opened, "first_sync", counted);
    return counted;
  } catch (error) {
    if (error instanceof Refused && error.status !== 401) return known;
    throw error;
  }
}

async function asked(tablet: Tablet, cursor: string | null, limit: number): Promise<ChangePage> {
  const response = await tablet.line.call("GET", "/sync/v1/changes", { query: { limit, cursor, ...waiting(tablet) } });
  return response.json();
}

async function stored(tablet: Tablet, page: ChangePage, first: FirstSync | null): Promise<void> {
  const { opened, register } = tablet;
  await changing(tablet, heardEpoch(opened, page.epoch));
  const life = (await setting<number>(opened, "life")) ?? 0;
  const progress = first === null ? {} : { first_sync: { ...first, done: first.done + page.changes.length } };
  // with the cursor: what went where is told once
  const merged = mergedBy(page, tablet.merged.value);
  await storeChanges(opened, register, page.changes, life, { cursor: page.cursor, ...progress, ...(merged !== null && { merged }) });
  if (merged !== null) tablet.merged.value = merged;
  if (!page.more) {
    // a tablet that dies before the mark is gone removes once more what is not there
    if (first !== null) {
      await removeBefore(opened, register, life);
      await setSetting(opened, "first_sync", null);
    }
    await changing(tablet, markPulled(opened));
  }
  if (page.changes.length > 0 || first !== null) shown(tablet);
}
