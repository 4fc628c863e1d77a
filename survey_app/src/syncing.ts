// When the tablet synchronises by itself: soon after work was saved, when a network comes, every quarter of an hour; and
// not sooner than a busy server has asked for.

import { effect } from "@preact/signals";

import { synchronise, type SyncResult } from "./line/synchronise.ts";
import type { Tablet } from "./tablet.ts";
import { isUnsent } from "./work.ts";
import { texts } from "./words/words.ts";

const WORDS = texts({
  disk: [
    "Máy chưa ghi được dữ liệu (hết chỗ trống hoặc trục trặc). Những gì đã lưu trước đó vẫn còn; máy sẽ tự thử lại.",
    "The tablet could not write (no room, or a fault). What was saved before is still there; it tries again by itself.",
  ],
});

const EVERY = 15 * 60_000;
/** After saving: a household is often several saves. */
const SOON = 2_000;
const FIRST_PAUSE = 15_000;

/** One synchronisation; never raises. The screens follow the tablet's signals, which it keeps. */
export async function syncNow(tablet: Tablet): Promise<SyncResult> {
  try {
    return await synchronise(tablet);
  } catch {
    // the disk: what was saved before is there, and the next try begins where this one stood
    const result: SyncResult = { ended: "refused", ...WORDS.disk };
    if (!tablet.ending.signal.aborted) tablet.lastSync.value = result;
    return result;
  }
}

/** The pause before the next try by itself; null: not before somebody does something. `waits`: what was saved, or came
 * to be due again, while it went on. */
export function pauseAfter(result: SyncResult, failures: number, chance: number = Math.random(), waits = false): number | null {
  switch (result.ended) {
    case "signed_out":
    case "not_enrolled":
    case "revoked":
      return null;
    case "unreachable": {
      const grown = Math.min(EVERY, FIRST_PAUSE * 2 ** Math.min(failures, 10));
      return Math.max(result.retryAfter * 1000, grown / 2 + (chance * grown) / 2);
    }
    case "complete":
      return waits ? FIRST_PAUSE : EVERY;
    default:
      return EVERY;
  }
}

/** Keeps the tablet synchronised until the function that it gives back is called. */
export function startSyncing(tablet: Tablet, told: { revoked: () => void; complete: () => void }): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  // of a clock that nobody sets: after a wrong year is put right it would wait for a year
  let notBefore = 0;
  let running = false;
  let ended = false;

  const plan = (pause: number) => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(run, Math.max(pause, notBefore - performance.now()));
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
    if (result.ended === "revoked") return told.revoked();
    if (result.ended === "complete") told.complete();
    failures = result.ended === "unreachable" ? failures + 1 : 0;
    notBefore = result.ended === "unreachable" ? performance.now() + result.retryAfter * 1000 : 0;
    const pause = pauseAfter(result, failures, Math.random(), tablet.outbox.peek().some(isUnsent));
    clearTimeout(timer);
    if (pause !== null) plan(pause);
  });
  const woken = wakings(tablet, plan);
  plan(0);
  return () => {
    ended = true;
    clearTimeout(timer);
    heard();
    woken();
  };
}

/** New work, and a network that comes. */
function wakings(tablet: Tablet, plan: (pause: number) => void): () => void {
  let unsent = tablet.outbox.peek().filter(isUnsent).length;
  const saved = effect(() => {
    const now = tablet.outbox.value.filter(isUnsent).length;
    if (now > unsent && mayTry(tablet.lastSync.peek())) plan(SOON);
    unsent = now;
  });
  const online = () => mayTry(tablet.lastSync.peek()) && plan(0);
  addEventListener("online", online);
  return () => {
    saved();
    removeEventListener("online", online);
  };
}

/** Without a password or a code the next try would be the same. */
const mayTry = (result: SyncResult | null): boolean => result?.ended !== "signed_out" && result?.ended !== "not_enrolled";
