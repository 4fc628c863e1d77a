// Which refused work was done again since: it needs no more putting right.

import type { Work } from "../work.ts";

/** What two pieces of work have in common where one takes the other's place: a record, or what a paper is about. */
function about({ entity, id, data }: Work): string {
  if (entity === "review") return `${entity} ${data.household_id} ${data.round_id}`;
  if (entity === "request") return `${entity} ${data.household_id} ${data.kind}`;
  return entity === "delivery" ? `${entity} ${data.sheet_line_id ?? id}` : `${entity} ${id}`;
}

function takesPlace(one: Work, refused: Work): boolean {
  if (refused.base_version === null) return one.base_version === null;
  return Object.keys(refused.data).every((name) => name in one.data);
}

/** Their submission ids. A change was done again where a later one says all that it said. */
export function corrected(outbox: Work[]): Set<string> {
  const found = new Set<string>();
  const later = new Map<string, Work[]>();
  for (const work of [...outbox].sort((one, other) => other.seq - one.seq)) {
    const after = later.get(about(work)) ?? [];
    if (work.outcome === "rejected" && after.some((one) => takesPlace(one, work))) found.add(work.submission_id);
    later.set(about(work), [...after, work]);
  }
  return found;
}
