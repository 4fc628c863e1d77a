// A change of the outbox by what the server has said: on the disk, then on the screens.

import { outboxNow } from "../disk/outbox.ts";
import { shown, type Tablet } from "../tablet.ts";
import type { Work } from "../work.ts";

/** What is shown is what the disk has then: the surveyor may have saved a form meanwhile. Where nothing is different, or
 * the app was locked meanwhile, nobody is told. */
export async function changing(tablet: Tablet, step: Promise<Work[]>): Promise<void> {
  await step;
  const outbox = outboxNow(tablet.opened);
  if (!same(outbox, tablet.outbox.value) && !tablet.ending.signal.aborted) shown(tablet, outbox);
}

/** A piece of work is never changed: another one takes its place. */
const same = (one: Work[], other: Work[]): boolean => one.length === other.length && one.every((work, at) => work === other[at]);
