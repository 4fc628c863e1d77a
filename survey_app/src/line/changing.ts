// A change of the outbox by what the server has said: on the disk, then on the screens.

import { outboxNow } from "../disk/outbox.ts";
import { shown, type Tablet } from "../tablet.ts";
import type { Work } from "../work.ts";

/** What is shown is what the disk has then: the surveyor may have saved a form meanwhile. Where the app was locked
 * meanwhile, nobody is told any more. */
export async function changing(tablet: Tablet, step: Promise<Work[]>): Promise<void> {
  await step;
  const outbox = outboxNow(tablet.opened);
  if (outbox !== tablet.outbox.value && !tablet.ending.signal.aborted) shown(tablet, outbox);
}
