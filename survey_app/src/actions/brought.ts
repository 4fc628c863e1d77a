// What a file has brought is on the disk: now it is shown.

import { loadDrafts } from "../disk/drafts.ts";
import { loadOutbox } from "../disk/outbox.ts";
import { shown, type Tablet } from "../tablet.ts";

/** Beside what is here: a form that is being filled in is newer on the screen than on the disk. */
export async function brought(tablet: Tablet): Promise<void> {
  const drafts = await loadDrafts(tablet.opened);
  const known = new Set(tablet.drafts.value.map((one) => one.id));
  tablet.drafts.value = [...tablet.drafts.value, ...drafts.filter((one) => !known.has(one.id))];
  shown(tablet, await loadOutbox(tablet.opened));
}
