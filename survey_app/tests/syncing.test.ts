// When the tablet tries again by itself: later and later, never sooner than the server asked, and not where only the
// surveyor can help.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pauseAfter } from "../src/syncing.ts";

const QUARTER = 15 * 60_000;

test("the pauses of a line that is away grow to a quarter of an hour, spread over half of it", () => {
  const pauses = [1, 2, 3, 4, 5, 6, 30].map((failures) => pauseAfter({ ended: "unreachable", retryAfter: 0 }, failures, 1)!);
  assert.deepEqual(pauses, [30_000, 60_000, 120_000, 240_000, 480_000, QUARTER, QUARTER]);
  assert.equal(pauseAfter({ ended: "unreachable", retryAfter: 0 }, 6, 0), QUARTER / 2);
});

test("a server that names its time is not asked before", () => {
  assert.equal(pauseAfter({ ended: "unreachable", retryAfter: 1200 }, 1, 0), 1_200_000);
});

test("after all is sent, and after a refusal, a quarter of an hour", () => {
  assert.equal(pauseAfter({ ended: "complete", at: "2024-10-05T08:00:00+07:00", sent: 1, pulled: 0 }, 0), QUARTER);
  assert.equal(pauseAfter({ ended: "refused", vi: "…", en: "…" }, 0), QUARTER);
});

test("what was saved while all else was sent is not left for a quarter of an hour", () => {
  const complete = { ended: "complete", at: "2024-10-05T08:00:00+07:00", sent: 1, pulled: 0 } as const;
  assert.equal(pauseAfter(complete, 0, 0, true), 15_000);
  assert.equal(pauseAfter({ ended: "refused", vi: "…", en: "…" }, 0, 0, true), QUARTER);
});

test("what needs a password or a code is not tried again by itself", () => {
  for (const ended of ["signed_out", "not_enrolled", "revoked"] as const) assert.equal(pauseAfter({ ended }, 1), null);
});
