// Refused work that was done again needs no more putting right; what was not stays to be seen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { corrected } from "../../src/actions/corrected.ts";
import type { Data, Entity } from "../../src/wire.ts";
import type { Work } from "../../src/work.ts";

let seq = 0;
function work(entity: Entity, id: string, data: Data, outcome: Work["outcome"] = null, base: number | null = null): Work {
  seq += 1;
  return { submission_id: `s${seq}`, seq, entity, id, base_version: base, recorded_at: "", data, sealed: true, outcome, told: null, epoch: null, pulled: false };
}
const left = (...outbox: Work[]) => outbox.filter((one) => one.outcome === "rejected" && !corrected(outbox).has(one.submission_id)).length;
const review = (id: string, household_id: string, outcome: Work["outcome"] = null) => work("review", id, { household_id, round_id: "r" }, outcome);

test("a new review of the same household takes the place of the refused one", () => {
  assert.equal(left(review("a", "h", "rejected"), review("b", "h")), 0);
  assert.equal(left(review("a", "h", "rejected"), review("b", "other")), 1);
  assert.equal(left(review("b", "h"), review("a", "h", "rejected")), 1, "one that came before");
  assert.equal(left(review("a", "h", "rejected"), review("b", "h", "rejected")), 1, "refused again: the later one is to be put right");
});

test("a change was done again where a later one says all that it said", () => {
  const refused = work("household", "h", { phone: "1", household_no: "7" }, "rejected", 2);
  assert.equal(left(refused, work("household", "h", { note: "x" }, "applied", 2)), 1);
  assert.equal(left(refused, work("household", "h", { phone: "1", household_no: "8", note: "x" }, null, 2)), 0);
});

test("a new household was done again where it is made once more, not where it is changed", () => {
  const refused = work("household", "h", { residence: "x" }, "rejected");
  assert.equal(left(refused, work("household", "h", { residence: "permanent" }, "held", 1)), 1);
  assert.equal(left(refused, work("household", "h", { residence: "permanent" })), 0);
});
