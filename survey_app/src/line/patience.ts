// How long a tablet waits before it asks again.

export const LONGEST_PAUSE_MS = 60_000;
/** A server that names a longer wait is believed up to here: a proxy's mistake must not silence a tablet for a day. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/** After so many failed attempts. Full jitter: twenty tablets that lost the same line do not come back in one second. */
export function backoff(attempt: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** attempt);
}

/** What the server asks for, in milliseconds; 0 where it says nothing. A date is one by the server's own clock. */
export function retryAfter(headers: Headers, now: number = Date.now()): number {
  const said = headers.get("Retry-After")?.trim() ?? "";
  if (/^\d+$/.test(said)) return Math.min(Number(said) * 1000, LONGEST_RETRY_AFTER_MS);
  const until = Date.parse(said);
  const told = Date.parse(headers.get("Date") ?? "");
  if (Number.isNaN(until)) return 0;
  return Math.min(Math.max(0, until - (Number.isNaN(told) ? now : told)), LONGEST_RETRY_AFTER_MS);
}

/** Ends early where the app is locked. */
export function pause(milliseconds: number, ending?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(over, milliseconds);
    function over() {
      clearTimeout(timer);
      ending?.removeEventListener("abort", over);
      done();
    }
    if (ending?.aborted) over();
    else ending?.addEventListener("abort", over);
  });
}
