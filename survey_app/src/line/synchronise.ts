// One synchronisation, in the order that loses nothing: reference, pull, push, outcomes, files, pull, verify.

import type { Tablet } from "../tablet.ts";

/** What is shown while it runs. `all` null: nobody knows yet. */
export type SyncProgress = { step: "signing_in" | "reference" | "pull" | "push" | "files" | "verify"; done: number; all: number | null };

export type SyncResult =
  | { ended: "complete"; at: string; sent: number; pulled: number }
  /** no line (retryAfter in seconds, 0: nobody said), or it broke: what was acknowledged until then is marked */
  | { ended: "unreachable"; retryAfter: number }
  /** the surveyor has to type the password again */
  | { ended: "signed_out" }
  /** the tablet was ended: the profile is wiped by whoever called */
  | { ended: "revoked" }
  /** the server was restored from before this tablet was enrolled: a new code is needed; everything is kept */
  | { ended: "not_enrolled" }
  /** anything else that the server refuses, in its words */
  | { ended: "refused"; vi: string; en: string };

/** Never raises for what a line or server does. One at a time (a second call waits for the first one's result). */
export async function synchronise(_tablet: Tablet, _progress: (now: SyncProgress) => void): Promise<SyncResult> {
  throw new Error("to be built");
}
