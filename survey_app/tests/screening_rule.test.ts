// Form A leads to form B as the server says: the vectors of a made-up form.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { needsB } from "../src/scoring/needs_b.ts";

const path = new URL("../../tests/vectors/screening/test-only.json", import.meta.url);
const { form, cases } = JSON.parse(readFileSync(path, "utf8"));

test("there are cases", () => assert.ok(cases.length >= 8));

for (const { name, answers, needs_b } of cases) {
  test(name, () => assert.equal(needsB(form, answers), needs_b));
}

test("without a rule nobody knows", () => {
  assert.equal(needsB({ ...form, needs_b_if: null }, {}), null);
  assert.equal(needsB({}, {}), null, "a server of before says nothing of it");
});
