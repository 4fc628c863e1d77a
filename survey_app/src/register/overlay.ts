// What lies over a record that was pulled: the work on it that the record does not hold yet.

import type { Kept } from "./register.ts";
import type { Data, Entity, Uuid } from "../wire.ts";
import { createdAs, STANDING, versionOf, WAITING, type Work } from "../work.ts";

/** A record as the surveyor sees it. `version`: the one pulled, which later work is made on (work.ts, madeOn); null: made here
 * and not yet on the server. `waiting`: something of it is not in force yet. */
export type Seen<Fields = Data> = { entity: Entity; id: Uuid; version: number | null; data: Fields; waiting: boolean };

/** The record with the work over it, in the order of work; null where neither makes a whole record (a change of one that
 * has left the tablet: the work stays in the outbox, and there is nothing to show it on). */
export function laid(kept: Kept | null, work: Work[]): Seen | null {
  let seen: Seen | null = kept === null ? null : { entity: kept.entity, id: kept.id, version: kept.version, data: kept.data, waiting: false };
  for (const one of work) {
    const waits = isWaiting(one, kept);
    if (!waits && !isNewer(one, kept)) continue;
    if (seen === null && one.base_version !== null) continue;
    const version = Math.max(seen?.version ?? 0, waits ? 0 : createdAs(one)) || null;
    seen = { entity: one.entity, id: one.id, version, data: { ...seen?.data, ...one.data }, waiting: (seen?.waiting ?? false) || waits };
  }
  return seen;
}

/** Not decided: to be sent (again), or kept by the server until somebody can say. */
function isWaiting(work: Work, kept: Kept | null): boolean {
  if (work.outcome !== null) return WAITING.includes(work.outcome);
  // offered again to a server that was restored: what it refused lies over nothing, and what is in the record already
  // must not lie over what somebody has changed since
  if (work.told?.outcome === "rejected") return false;
  return versionOf(work) === 0 || versionOf(work) > (kept?.version ?? 0);
}

/** In force, and the record that was pulled does not hold it. */
const isNewer = (work: Work, kept: Kept | null): boolean =>
  STANDING.includes(work.outcome ?? "") && !work.pulled && versionOf(work) > (kept?.version ?? 0);
