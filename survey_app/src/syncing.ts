// When the tablet synchronises by itself: soon after work was saved, when a network comes, every quarter of an hour; and
// not sooner than a busy server has asked for.

import { effect } from "@preact/signals";

import { setSetting } from "./disk/settings.ts";
import { synchronise, type SyncResult } from "./line/synchronise.ts";
import type { Tablet } from "./tablet.ts";
import { isUnsent } from "./work.ts";

const EVERY = 15 * 60_000;
/** After saving: a household is often several saves. */
const SOON = 2_000;
const FIRST_PAUSE = 15_000;

/** One synchronisation, told to the screens; never raises. */
export async function syncNow(tablet: Tablet): Promise<SyncResult> {
  const result = await synchronise(tablet, (now) => (tablet.syncing.value = now));
  tablet.syncing.value = null;
  if (tablet.ending.signal.aborted) return result;
  tablet.lastSync.value = result;
  if (result.ended === "complete" && tablet.completeAt.value !== result.at) {
    tablet.completeAt.value = result.at;
    await setSetting(tablet.opened, "complete_at", result.at).catch(() => undefined);
  }
  return result;
}

/** The pause before the next try by itself; null: not before somebody does something. */
export function pauseAfter(result: SyncResult, failures: number, chance: number = Math.random()): number | null {
  switch (result.ended) {
    case "signed_out":
    case "not_enrolled":
    case "revoked":
      return null;
    case "unreachable": {
      const grown = Math.min(EVERY, FIRST_PAUSE * 2 ** Math.min(failures, 10));
      return Math.max(result.retryAfter * 1000, grown / 2 + (chance * grown) / 2);
    }
    default:
      return EVERY;
  }
}

/** Keeps the tablet synchronised until the function that it gives back is called. */
export function startSyncing(tablet: Tablet, revoked: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let notBefore = 0;
  let running = false;
  let ended = false;

  const plan = (pause: number) => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(run, Math.max(pause, notBefore - Date.now()));
  };
  const run = async () => {
    if (navigator.onLine === false || running) return;
    running = true;
    await syncNow(tablet);
    running = false;
  };
  const heard = effect(() => {
    const result = tablet.lastSync.value;
    if (result === null || ended) return;
    if (result.ended === "revoked") return revoked();
    failures = result.ended === "unreachable" ? failures + 1 : 0;
    notBefore = result.ended === "unreachable" ? Date.now() + result.retryAfter * 1000 : 0;
    const pause = pauseAfter(result, failures);
    clearTimeout(timer);
    if (pause !== null) plan(pause);
  });
  let unsent = tablet.outbox.peek().filter(isUnsent).length;
  const saved = effect(() => {
    const now = tablet.outbox.value.filter(isUnsent).length;
    if (now > unsent && mayTry(tablet.lastSync.peek())) plan(SOON);
    unsent = now;
  });
  const online = () => mayTry(tablet.lastSync.peek()) && plan(0);
  addEventListener("online", online);
  plan(0);
  return () => {
    ended = true;
    clearTimeout(timer);
    heard();
    saved();
    removeEventListener("online", online);
  };
}

/** Without a password or a code the next try would be the same. */
const mayTry = (result: SyncResult | null): boolean => result?.ended !== "signed_out" && result?.ended !== "not_enrolled";
