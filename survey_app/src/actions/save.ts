// What a surveyor does, as submissions. Each verb ends with its work on the disk and the screens told; it raises only
// where the disk refuses (then nothing was saved, and the draft is still there).

import { addWork, type NewWork, outboxNow } from "../disk/outbox.ts";
import { shown, type Tablet } from "../tablet.ts";
import type { Work } from "../work.ts";
import { forgetKeeper, type Keeper } from "./drafts.ts";

/** Saves work in one go; the draft that it came from goes in the same transaction. */
export async function save(tablet: Tablet, works: NewWork[], fromDraft?: string): Promise<Work[]> {
  const added = await addWork(tablet.opened, works, fromDraft);
  if (fromDraft !== undefined) forgetKeeper(tablet, fromDraft);
  shown(tablet, outboxNow(tablet.opened));
  return added;
}

/** Saves what a form became. No answer is written after it; a second press adds nothing (disk/outbox.ts: a draft gives
 * work once). */
export async function send(tablet: Tablet, keeper: Keeper, works: NewWork[]): Promise<Work[]> {
  await keeper.stop();
  try {
    return await save(tablet, works, keeper.draft.id);
  } catch (refused) {
    keeper.resume();
    throw refused;
  }
}
