// A piece of work of the outbox: one submission and what the server has said about it (docs/sync-protocol.md).

import type { Data, Entity, Outcome, Uuid } from "./wire.ts";

export type Work = {
  submission_id: Uuid;
  /** rises by device; the order in which the server applies */
  seq: number;
  entity: Entity;
  id: Uuid;
  /** null creates */
  base_version: number | null;
  recorded_at: string;
  data: Data;
  /** its base_version is final: it was sent, or is about to be */
  sealed: boolean;
  /** null until a receipt names it, and again where a restored server may never have heard of it */
  outcome: Outcome["outcome"] | null;
  /** the outcome as the server told it last */
  told: Outcome | null;
  /** of the server that told it */
  epoch: string | null;
  /** a whole pull came after it: the records pulled hold it */
  pulled: boolean;
  /** It came in a file (`from`: the tablet it was made on), or left in one (null): the server may know it as another tablet's, so
   * what is told of this tablet's backups says nothing of it. `durable`: an answer that named it said so. */
  shared?: { from: Uuid | null; durable: boolean };
};

/** What is in force on the server. */
export const STANDING: readonly string[] = ["applied", "merged"];
/** Nobody can say yet what becomes of it: asked again later. */
export const WAITING: readonly string[] = ["held", "quarantined", "conflict"];

/** What still has to be sent (again). */
export const isUnsent = (work: Work): boolean => work.outcome === null;

/** The version that the server's record got by this work; 0 where it is not in force. Kept through a restore. */
export const versionOf = (work: Work): number => (STANDING.includes(work.told?.outcome ?? "") ? (work.told?.version ?? 0) : 0);

/** The version that a record made here has on the server; 0 where this is not its creation, or not in force. Of a household
 * that was merged away the version of the one that stands for it is told. */
export function createdAs(work: Work): number {
  if (work.base_version !== null) return 0;
  const elsewhere = work.entity === "household" && work.told?.result?.["merged_into"] !== undefined;
  return elsewhere ? Math.min(versionOf(work), 1) : versionOf(work);
}

/** What a piece of work is made on when it is sent: the version that was seen. Never what an earlier change has become: that
 * may hold what somebody else changed, which nobody here has seen and which would be overwritten as if they had. The server
 * knows what this tablet changed itself. Only the version of a record made here is told by its receipt. */
export function madeOn(work: Work, outbox: Work[]): number | null {
  if (work.sealed || work.base_version === null) return work.base_version;
  const place = outbox.findIndex((one) => one.submission_id === work.submission_id);
  const earlier = outbox.slice(0, place < 0 ? outbox.length : place).filter((one) => one.id === work.id);
  return Math.max(work.base_version, ...earlier.map(createdAs));
}
