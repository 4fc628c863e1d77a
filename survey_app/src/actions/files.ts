// Photos that no form and no work names: gone from the tablet, unless they may still be needed.

import { keptFiles, letFileGo, letStrayGo } from "../disk/files.ts";
import { damagedWork } from "../disk/outbox.ts";
import type { Tablet } from "../tablet.ts";
import type { Attachment, Uuid } from "../wire.ts";
import { STANDING } from "../work.ts";

/** The hashes that a draft or a piece of this work names. */
function named(tablet: Tablet, outbox = tablet.outbox.value): Set<string> {
  const holders = [...tablet.drafts.value.map((one) => one.values), ...outbox.map((one) => one.data)];
  return new Set(holders.flatMap((one) => (one.attachments as Attachment[] | undefined) ?? []).map((one) => one.sha256));
}

/** A draft names it, or work that is not in force yet. The server speaks of the records it knows: what is durable for an
 * earlier one (the same picture, chosen twice) has still to be handed in for that work, and stays. */
export function isAwaited(tablet: Tablet, sha256: string): boolean {
  return named(tablet, tablet.outbox.value.filter((one) => !STANDING.includes(one.outcome ?? ""))).has(sha256);
}

/** Forgets those of these files that no draft and no work names. What fails stays: it only takes room. */
export async function letUnusedGo(tablet: Tablet, files: Attachment[]): Promise<void> {
  const kept = named(tablet);
  for (const { sha256 } of files) if (!kept.has(sha256)) await letFileGo(tablet.opened, sha256).catch(() => undefined);
}

/** Kept files of which nothing more becomes: this disk has spoilt them, or only work that was refused names them, and the
 * server wants them for nothing else, as the last synchronisation told. */
export async function unwanted(tablet: Tablet): Promise<Attachment[]> {
  const told = new Map(tablet.files.value.map(({ sha256, state }) => [sha256, state]));
  const [all, still] = [named(tablet), named(tablet, tablet.outbox.value.filter((one) => one.outcome !== "rejected"))];
  const refused = (sha256: string) => told.get(sha256) === "waiting" && all.has(sha256) && !still.has(sha256);
  return (await keptFiles(tablet.opened)).filter(({ sha256 }) => told.get(sha256) === "damaged" || refused(sha256));
}

/** Their surveyor leaves the tablet. What fails is left sealed. */
export async function forgetUnwanted(tablet: Tablet): Promise<void> {
  for (const { sha256 } of await unwanted(tablet)) await letFileGo(tablet.opened, sha256).catch(() => undefined);
}

/** A file of which the server has never heard, and that no draft and no work names: the tablet was switched off between
 * the picture and its form. Work that was let go of is no proof (a photo may be sent long after its review); that the
 * server knows no record which declares the file is. What the disk has spoilt may have named it: then it stays. */
export function letOrphanGo(tablet: Tablet, sha256: string): Promise<boolean> {
  return letStrayGo(tablet.opened, sha256, async () => named(tablet).has(sha256) || (await isSpoilt(tablet)));
}

async function isSpoilt({ opened, drafts }: Tablet): Promise<boolean> {
  const read = new Set<Uuid>(drafts.value.map((one) => one.id));
  return damagedWork(opened) > 0 || (await opened.db.getAllKeys("drafts")).some((id) => !read.has(id));
}
