// How the outbox is changed while the surveyor goes on working: what was added meanwhile stays.

import { shown, type Tablet } from "../tablet.ts";
import type { Work } from "../work.ts";

/** One step on the disk, then on the screens. Where the app is locked meanwhile, nobody is told any more. */
export async function changing(tablet: Tablet, step: (outbox: Work[]) => Promise<Work[]>): Promise<void> {
  const before = tablet.outbox.value;
  const after = await step(before);
  if (after === before || tablet.ending.signal.aborted) return;
  shown(tablet, withNewer(tablet.outbox.value, before, after));
}

function withNewer(now: Work[], before: Work[], after: Work[]): Work[] {
  const known = new Set([...before, ...after].map((work) => work.seq));
  const newer = now.filter((work) => !known.has(work.seq));
  return newer.length === 0 ? after : [...after, ...newer].sort((one, other) => one.seq - other.seq);
}
