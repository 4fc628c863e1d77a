// Photos that a form has dropped: gone from the tablet, unless something else still names them.

import { letFileGo } from "../disk/files.ts";
import type { Tablet } from "../tablet.ts";
import type { Attachment } from "../wire.ts";

/** Forgets those of these files that no draft and no work names. What fails stays: it only takes room. */
export async function letUnusedGo(tablet: Tablet, files: Attachment[]): Promise<void> {
  const holders = [...tablet.drafts.value.map((one) => one.values), ...tablet.outbox.value.map((one) => one.data)];
  const named = new Set(holders.flatMap((one) => (one.attachments as Attachment[] | undefined) ?? []).map((one) => one.sha256));
  for (const { sha256 } of files) if (!named.has(sha256)) await letFileGo(tablet.opened, sha256).catch(() => undefined);
}
