// Half-filled forms: saved with every answer, so that a crash loses nothing.

import type { Opened } from "./vault.ts";

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

export async function loadDrafts(_opened: Opened): Promise<Draft[]> {
  throw new Error("to be built");
}

/** On the disk when it returns. */
export async function saveDraft(_opened: Opened, _draft: Draft): Promise<void> {
  throw new Error("to be built");
}

export async function dropDraft(_opened: Opened, _id: string): Promise<void> {
  throw new Error("to be built");
}
