// How a tablet makes sure that it holds what the server holds: it compares digests, and fetches only what differs. The
// twin of mobile_sync/tablet_repair.py. The outbox is not touched.

import { digests, bucketOf, type Digests } from "../digests.ts";
import { removeRecords, storeChanges } from "../disk/pages.ts";
import { setting } from "../disk/settings.ts";
import type { Kept } from "../register/register.ts";
import { shown, type Tablet } from "../tablet.ts";
import type { Change, Uuid } from "../wire.ts";
import { Refused } from "./line.ts";
import { pull } from "./pull.ts";

const PAGE = 500;
/** How often the server may say "pull first" before it is left for another time: somebody writes all the while. */
const TRIES = 5;
const NOTHING = { count: 0, digest: "0000000000000000" };

type Digest = { count: number; digest: string };
type Place = { area: Uuid; bucket: number; empty: boolean };
type BucketPage = { changes: Change[]; ids: Uuid[] | null; after: string | null };

/** `differing`: buckets that differ even after they were fetched. `busy`: somebody wrote all the while. */
export type Verified = { repaired: number; differing: number; busy: boolean };

/** Compares and repairs. Raises Unreachable or Refused; what was repaired until then stays repaired. */
export async function verify(tablet: Tablet, tell: (done: number, all: number | null) => void): Promise<Verified> {
  const result = { repaired: 0, differing: 0, busy: false };
  for (const again of [false, true]) {
    const told = await areas(tablet);
    if (told === null) return { ...result, busy: true };
    const places = await differing(tablet, told);
    if (again) return { ...result, differing: places.length };
    for (const [done, place] of places.entries()) {
      tell(done, places.length);
      await mend(tablet, place);
      result.repaired++;
    }
    const stray = [...tablet.register.allKept()].filter((record) => record.area_id === null);
    if (stray.length > 0) await removeRecords(tablet.opened, tablet.register, stray);
    if (result.repaired > 0 || stray.length > 0) shown(tablet);
    if (result.repaired === 0) break;
  }
  return result;
}

/** What the server has by area, once the tablet stands where it stands; null where it always moved on. */
async function areas(tablet: Tablet): Promise<Map<Uuid, Digest> | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await pull(tablet, () => undefined);
    try {
      const told: { behind: boolean; areas: (Digest & { area_id: Uuid })[] } = await ask(tablet, "");
      if (!told.behind) return new Map(told.areas.map((area) => [area.area_id, area]));
    } catch (error) {
      // the pull starts again by itself
      if (!(error instanceof Refused) || error.slug !== "resync-required") throw error;
    }
  }
  return null;
}

async function differing(tablet: Tablet, told: Map<Uuid, Digest>): Promise<Place[]> {
  const held = byArea(tablet.register.allKept());
  const places: Place[] = [];
  for (const area of new Set([...told.keys(), ...held.keys()])) {
    const mine = await digests(held.get(area) ?? []);
    if (same(mine.area, told.get(area))) continue;
    const theirs: Pick<Digests, "buckets"> = told.has(area) ? await ask(tablet, `/${area}`) : { buckets: [] };
    const server = new Map(theirs.buckets.map((one) => [one.bucket, one]));
    const own = new Map(mine.buckets.map((one) => [one.bucket, one]));
    for (const bucket of new Set([...server.keys(), ...own.keys()])) {
      if (!same(own.get(bucket) ?? NOTHING, server.get(bucket))) places.push({ area, bucket, empty: !server.has(bucket) });
    }
  }
  return places;
}

/** In one transaction: a tablet that is switched off half-way has the bucket as it was. */
async function mend(tablet: Tablet, place: Place): Promise<void> {
  const pages = place.empty ? [{ changes: [], ids: [], after: null }] : await bucketPages(tablet, place);
  const named = new Set(pages[0]!.ids ?? []);
  const brought = pages.flatMap((page) => page.changes);
  const { area, bucket } = place;
  const held = [...tablet.register.allKept()];
  const stale = held.filter((record) => record.area_id === area && bucketOf(record.id) === bucket);
  // the version held may be what is damaged: the server's word goes, so what is held goes first
  const known = new Map(stale.map((record) => [record.id, record]));
  for (const { id } of brought) {
    const elsewhere = tablet.register.kept(id);
    if (elsewhere !== null) known.set(id, elsewhere);
  }
  const fresh = new Set(brought.map((change) => change.id));
  const gone = [...known.values()].filter((record) => !named.has(record.id) || fresh.has(record.id));
  const removed = { op: "remove", reason: "deleted" } as const;
  const removals = gone.map(({ entity, id, version }): Change => ({ entity, id, version, ...removed }));
  const life = (await setting<number>(tablet.opened, "life")) ?? 0;
  await storeChanges(tablet.opened, tablet.register, [...removals, ...brought], life, {});
}

async function bucketPages(tablet: Tablet, { area, bucket }: Place): Promise<BucketPage[]> {
  const pages: BucketPage[] = [];
  for (let after: string | null = null; pages.length === 0 || after !== null; ) {
    const page: BucketPage = await ask(tablet, `/${area}/${bucket}`, { limit: PAGE, after });
    pages.push(page);
    after = page.after;
  }
  return pages;
}

type Query = Record<string, string | number | null>;

async function ask<Answer>(tablet: Tablet, path: string, query: Query = {}): Promise<Answer> {
  const cursor = await setting<string>(tablet.opened, "cursor");
  return (await tablet.line.call("GET", `/sync/v1/digests${path}`, { query: { ...query, cursor } })).json();
}

function byArea(records: Iterable<Kept>): Map<Uuid, Kept[]> {
  const found = new Map<Uuid, Kept[]>();
  for (const record of records) {
    if (record.area_id === null) continue;
    const area = found.get(record.area_id);
    if (area === undefined) found.set(record.area_id, [record]);
    else area.push(record);
  }
  return found;
}

function same(mine: Digest, server: Digest = NOTHING): boolean {
  return mine.count === server.count && mine.digest === server.digest;
}
