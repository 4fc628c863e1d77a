// Half-filled forms: saved with every answer, so that a crash loses nothing.
//
// A draft that became work stays finished: what a form still saves after "Gửi" does not bring it back, to be sent twice.

import { inTurn, sideBySide } from "./in_turn.ts";
import { Damaged, openJson, sealJson } from "./sealing.ts";
import type { Opened } from "./vault.ts";
import { write } from "./writing.ts";

export type Draft = {
  id: string;
  /** "review", "household", "member", "leaving", "head", "split", "request", "delivery"; "not_home" is no form but a note for the list:
   * nobody was at home (about household and round; kept as a draft because `listed` is given the drafts) */
  kind: string;
  /** what it is about: ids of the household, round, member … */
  about: Record<string, string>;
  values: Record<string, unknown>;
  /** where the surveyor stands in it */
  step: string | null;
  saved_at: string;
};

/** The kind of a note that nobody was at home: no form. */
export const NOT_HOME = "not_home";

/** Where a draft is sealed: here, and in a file of work. */
export const draftPlace = (id: string): string => `drafts:${id}`;

/** Where the ledger notes that a draft became work (outbox.ts). */
export const finished = (id: string): string => `draft:${id}`;

/** The newest first. One that the disk has spoilt is left out, and stays where it is. */
export async function loadDrafts(opened: Opened): Promise<Draft[]> {
  const reading = opened.db.transaction("drafts");
  const [ids, rows] = await Promise.all([reading.store.getAllKeys(), reading.store.getAll()]);
  const drafts = await sideBySide([...rows.entries()], ([at, sealed]) =>
    openJson<Draft>(opened.key, draftPlace(ids[at]!), sealed).catch((error: unknown) => {
      if (error instanceof Damaged) return null;
      throw error;
    }),
  );
  const whole = drafts.filter((one) => one !== null);
  return whole.sort((one, other) => (one.saved_at < other.saved_at ? 1 : -1));
}

/** On the disk when it returns. Saves follow each other in the order in which they were asked for. */
export async function saveDraft(opened: Opened, draft: Draft): Promise<void> {
  const said = structuredClone(draft); // what the form goes on changing meanwhile is the next save
  await inTurn(opened, "drafts", async () => {
    const sealed = await sealJson(opened.key, draftPlace(said.id), said);
    await write(opened.db, ["drafts", "ledger"], async (writing) => {
      const sent = await writing.objectStore("ledger").getKey(finished(said.id));
      if (sent === undefined) await writing.objectStore("drafts").put(sealed, said.id);
    });
  });
}

/** Drafts that a file has brought; how many were new. One that is here, or became work here, stays as it is. */
export async function addDrafts(opened: Opened, brought: Draft[]): Promise<number> {
  let added = 0;
  for (const draft of brought) {
    await inTurn(opened, "drafts", async () => {
      const sealed = await sealJson(opened.key, draftPlace(draft.id), draft);
      let isNew = false;
      await write(opened.db, ["drafts", "ledger"], async (writing) => {
        const drafts = writing.objectStore("drafts");
        const known = (await drafts.getKey(draft.id)) ?? (await writing.objectStore("ledger").getKey(finished(draft.id)));
        isNew = known === undefined;
        if (isNew) await drafts.put(sealed, draft.id);
      });
      if (isNew) added += 1;
    });
  }
  return added;
}

export async function dropDraft(opened: Opened, id: string): Promise<void> {
  await inTurn(opened, "drafts", () => write(opened.db, ["drafts"], (writing) => writing.objectStore("drafts").delete(id)));
}
