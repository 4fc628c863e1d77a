// Runs the cases that Python wrote down (their standards with them), and compares every line of the result.
// GIAMNGHEO_VECTORS names the file: tests/api/standards/test_javascript.py makes it and starts this.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { facts } from "../src/scoring/facts.ts";
import { assess, contradictions } from "../src/scoring/rules.ts";

const { standards, cases } = JSON.parse(readFileSync(process.env.GIAMNGHEO_VECTORS!, "utf-8"));

test("there are cases", () => assert.ok(cases.length >= 50, `${cases.length} cases`));

for (const one of cases) {
  test(`${one.standard}: ${one.name}`, () => {
    const scoring = standards[one.standard];
    const { on, area_type, region } = one;
    const known = facts(one.answers, one.members, {
      on, area_type, region, school_year_starts: scoring.school_year_starts,
    });
    assert.deepEqual(known, one.server.facts);
    assert.deepEqual(assess(scoring, known, one.b1_entered ?? null), one.server.assessment);
    assert.deepEqual(contradictions(scoring, known), one.server.contradictions);
  });
}
