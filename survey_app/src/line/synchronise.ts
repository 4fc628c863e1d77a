// One synchronisation, in the order that loses nothing and brings the work of a day over a bad line first:
//
//   what the server says of itself   a restored one is heard of before anything is sent
//   reference
//   pull, briefly                    a server whose disk was set back is known by its feed alone (410); what it lost goes
//                                    before what it never had. Where the whole register would have to come again, and in
//                                    a first sync, the work goes first
//   push                             then the outcomes of what is not in force, of what is not yet in a verified backup
//   pull                             to the end, where anything was said of the outbox: that is in the records now
//   verify                           once a day, and where something looked wrong
//   let go                           only now: of what was pulled and is in a backup
//   files                            last: a day of photos takes longer than all the rest
//
// What the server refuses in one step keeps no other step back.

import { DiskFull } from "../disk/database.ts";
import { heardEpoch, letGo } from "../disk/outbox.ts";
import { putAside } from "../disk/reserve.ts";
import { setting, setSetting } from "../disk/settings.ts";
import { instant } from "../ids.ts";
import type { Tablet } from "../tablet.ts";
import type { Info } from "../wire.ts";
import { isUnsent, STANDING } from "../work.ts";
import { changing } from "./changing.ts";
import { sendFiles } from "./files.ts";
import { Refused, SignedOut, Unreachable } from "./line.ts";
import { askAgain } from "./outcomes.ts";
import { hasPulled, pull } from "./pull.ts";
import { push, unsentOf } from "./push.ts";
import { bringReference } from "./reference_data.ts";
import { verify } from "./verify.ts";

const VERIFY_AGAIN_MS = 24 * 3_600_000;

/** What is shown while it runs. `all` null: nobody knows yet. */
export type SyncProgress = {
  step: "signing_in" | "reference" | "pull" | "push" | "files" | "verify";
  done: number;
  all: number | null;
};

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

type Tell = (now: SyncProgress) => void;

const FULL = {
  vi: "Bộ nhớ của máy đã đầy. Hãy xoá bớt ảnh, video hoặc ứng dụng khác rồi thử lại; phiếu đã lưu vẫn còn nguyên.",
  en: "This tablet's storage is full. Remove photos, videos or other apps, then try again; what was saved is all there.",
};

const running = new WeakMap<Tablet, Promise<SyncResult>>();

/** Never raises for what a line or server does. One at a time (a second call waits for the first one's result). The
 * signals `syncing`, `lastSync` and `completeAt` of the tablet are kept here. */
export function synchronise(tablet: Tablet): Promise<SyncResult> {
  const begun = running.get(tablet) ?? once(tablet).finally(() => running.delete(tablet));
  running.set(tablet, begun);
  return begun;
}

async function once(tablet: Tablet): Promise<SyncResult> {
  const tell: Tell = (now) => void (tablet.syncing.value = now);
  try {
    const result = await ended(tablet, tell);
    if (result.ended === "complete") {
      await setSetting(tablet.opened, "complete_at", result.at);
      tablet.completeAt.value = result.at;
    }
    tablet.lastSync.value = result;
    return result;
  } finally {
    // what work has taken of it comes back when photos have gone
    void putAside().catch(() => undefined);
    tablet.syncing.value = null;
  }
}

async function ended(tablet: Tablet, tell: Tell): Promise<SyncResult> {
  try {
    return await trip(tablet, tell);
  } catch (error) {
    // the app was locked: its disk is closed, too
    if (tablet.ending.signal.aborted) return { ended: "unreachable", retryAfter: 0 };
    if (error instanceof Unreachable) return { ended: "unreachable", retryAfter: error.retryAfter };
    if (error instanceof Refused) return refusal(error);
    if (error instanceof DiskFull) return { ended: "refused", ...FULL };
    throw error;
  }
}

function refusal(error: Refused): SyncResult {
  if (error.slug === "device-revoked") return { ended: "revoked" };
  if (error instanceof SignedOut) return { ended: "signed_out" };
  if (error.slug === "device-not-enrolled") return { ended: "not_enrolled" };
  const { details, titles, detail, title } = error.problem;
  const said = detail ?? title;
  return { ended: "refused", vi: details?.vi ?? titles?.vi ?? said, en: details?.en ?? titles?.en ?? said };
}

async function trip(tablet: Tablet, tell: Tell): Promise<SyncResult> {
  const steps = new Steps(tablet);
  let pulled = 0;
  let sent = 0;
  tell({ step: "signing_in", done: 0, all: null });
  const info: Info = await (await tablet.line.call("GET", "/sync/v1/info")).json();
  await heard(tablet, info);
  await steps.take(async () => {
    tell({ step: "reference", done: 0, all: null });
    await bringReference(tablet);
  });
  let upToDate = false;
  const bring = async (briefly: boolean) => {
    const brought = await pull(tablet, (done, all) => tell({ step: "pull", done, all }), { briefly });
    pulled += brought.changes;
    upToDate = !brought.resynced;
  };
  if (await hasPulled(tablet)) await steps.take(() => bring(true));
  const before = tablet.outbox.value;
  await steps.take(async () => {
    if (unsentOf(tablet).length > 0) sent = await push(tablet, info, (done, all) => tell({ step: "push", done, all }));
  });
  await steps.take(() => outcomes(tablet, info, sent));
  if (!upToDate || tablet.outbox.value !== before) await steps.take(() => bring(false));
  await steps.take(() => convergence(tablet, tell));
  await changing(tablet, letGo(tablet.opened));
  await steps.take(async () => {
    tablet.files.value = await sendFiles(tablet, info, (done, all) => tell({ step: "files", done, all }));
  });
  return steps.refused === null ? { ended: "complete", at: instant(), sent, pulled } : refusal(steps.refused);
}

/** What is refused in a step is told at the end; who is not signed in, or has no line, goes no further. */
class Steps {
  refused: Refused | null = null;
  readonly #tablet: Tablet;
  constructor(tablet: Tablet) {
    this.#tablet = tablet;
  }
  async take(step: () => Promise<void>): Promise<void> {
    if (this.#tablet.ending.signal.aborted) throw new Unreachable("the app was locked");
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Refused) || error instanceof SignedOut) throw error;
      this.refused ??= error;
    }
  }
}

/** Before the first batch: what a restored server lost goes before what it never had. */
async function heard(tablet: Tablet, info: Info): Promise<void> {
  await changing(tablet, heardEpoch(tablet.opened, info.epoch));
}

/** A receipt has just told how far backups reach; nothing more is to be heard where all is in force. What was refused may
 * have been tried again since, and the server counts who does not ask for it. */
async function outcomes(tablet: Tablet, info: Info, sent: number): Promise<void> {
  const told = tablet.outbox.value.filter((work) => !isUnsent(work));
  const open = told.some((work) => !STANDING.includes(work.outcome ?? ""));
  if (open || (sent === 0 && told.length > 0)) await askAgain(tablet, info);
}

async function convergence(tablet: Tablet, tell: Tell): Promise<void> {
  const { opened } = tablet;
  const at = await setting<number>(opened, "verified_at");
  const now = Date.now();
  const fresh = at !== null && now >= at && now - at < VERIFY_AGAIN_MS;
  if (fresh && (await setting(opened, "verify_due")) === null) return;
  tell({ step: "verify", done: 0, all: null });
  const found = await verify(tablet, (done, all) => tell({ step: "verify", done, all }));
  if (found.busy) return;
  await setSetting(opened, "verify_due", null);
  await setSetting(opened, "verified_at", now);
  // shown in the settings (screens/settings.tsx): fetching again would not mend it
  await setSetting(opened, "differing", found.differing);
}
