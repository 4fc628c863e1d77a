// Phiếu A: which form is asked, who decides, what it becomes on the wire, and how its papers are found.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { newScreening } from "../../src/actions/papers.ts";
import { formA, ruled, screeningFaults, screeningGaps, screeningSteps, type ScreeningValues } from "../../src/forms/screening.ts";
import { uuid5 } from "../../src/ids.ts";
import { Register } from "../../src/register/register.ts";
import type { Data, Entity, Form, Reference } from "../../src/wire.ts";

const path = new URL("../../../tests/vectors/screening/test-only.json", import.meta.url);
const whole = { required: false, options: [], min: null, max: null, visible_if: true };
const made = JSON.parse(readFileSync(path, "utf8")).form;
const form: Form = { ...made, version: 900, sha256: "", scoring: {}, questions: made.questions.map((one: object) => ({ ...whole, ...one })) };
const empty: Form = { ...form, version: 1, questions: [], needs_b_if: null };
const values: ScreeningValues = { answers: {}, passed: null, reason: null, screened_on: "2024-10-06", base: null, before: {} };
const [sound, unsafe] = [false, true].map((test_house_unsafe) => ({ test_salary: true, test_car: false, test_house_unsafe }));
const open = { test_salary: false, test_car: false, test_house_unsafe: false };

test("the form of the standard in force is asked, never one for training", () => {
  const of = (version: number, scoring: object): Form => ({ ...form, version, scoring });
  const [old, now] = [of(1, { valid_from: "2022-01-01", valid_to: null }), of(2, { valid_from: "2024-01-01", valid_to: "2026-12-31" })];
  const practice = of(3, { valid_from: "2025-01-01", valid_to: null, training: true });
  const at = (day: string, ...forms: Form[]) => formA({ forms } as unknown as Reference, day)?.version;
  assert.equal(at("2024-10-06", old, now, practice, { ...now, code: "form-b" }), 2);
  assert.equal(at("2027-01-01", old, now), 1);
  assert.equal(at("2021-01-01", old, now, practice), undefined);
});

test("the rule decides; where it leaves it open, or there is none, a person does and says why", () => {
  assert.deepEqual([ruled(form, sound!), ruled(form, unsafe!), ruled(form, open), ruled(empty, unsafe!), ruled(null, {})], [false, true, null, null, null]);
  const faults = (one: Form | null, more: Partial<ScreeningValues>) => Object.keys(screeningFaults(one, { ...values, ...more }, "2024-10-06"));
  assert.deepEqual(faults(form, { answers: sound! }), []);
  assert.deepEqual(faults(form, { answers: open }), ["passed", "reason"]);
  assert.deepEqual(faults(null, {}), ["passed", "reason"]);
  assert.deepEqual(faults(empty, { passed: false, reason: "  " }), ["reason"]);
  assert.deepEqual(faults(empty, { passed: false, reason: "a", screened_on: "2024-10-07" }), ["screened_on"]);
});

test("what a rule hides is not asked, and what is missing leads to its screen", () => {
  const keys = (answers: object) => screeningSteps(form, answers as Record<string, unknown>).map((one) => one.key);
  assert.deepEqual(keys({}), ["a-1", "a2-1", "result"]);
  assert.deepEqual(screeningGaps(form, { test_salary: true }).map((one) => one.step), ["a-1", "a2-1"]);
  // a wage is earned after all: nobody is asked who lost work, and what was answered does not count
  assert.equal(ruled(form, { ...sound, test_work_lost: true }), false);
  const [work] = newScreening("s", "r", form, { ...values, answers: { ...sound, test_work_lost: true }, passed: true });
  assert.deepEqual(work!.data.answers, sound);
  assert.equal(work!.data.passed, false, "as the rule says, whatever was chosen before");
});

test("from paper it names no form; a correction sends what was changed", () => {
  const first = newScreening("s", "r", empty, { ...values, passed: true, reason: " Nhà dột " });
  assert.deepEqual(first, [{ entity: "screening", id: "s", base_version: null, data: { request_id: "r", answers: {}, passed: true, reason: "Nhà dột", screened_on: "2024-10-06" } }]);
  const before = { request_id: "r", form: null, answers: {}, passed: true, reason: "Nhà dột", screened_on: "2024-10-06", by_rule: false };
  const again = { ...values, base: 3, before, passed: true, reason: "Nhà dột" };
  assert.deepEqual(newScreening("s", "r", empty, again), []);
  assert.deepEqual(newScreening("s", "r", null, { ...again, passed: false }), [{ entity: "screening", id: "s", base_version: 3, data: { passed: false } }]);
});

test("its id follows from the request's, as the server reckons it", async () => {
  assert.equal(await uuid5("018f7f6e-9000-7000-8000-000000000004", "screening"), "cad90048-3b4c-5976-9151-22ed39c23b21");
});

test("the result of a request is found, also where only a change of it is seen", () => {
  const register = new Register();
  const put = (entity: Entity, id: string, data: Data) => register.put({ entity, id, version: 1, area_id: "a", data, life: 1 });
  put("household", "h", { hamlet_id: "x" });
  put("request", "r", { household_id: "h", kind: "review", received_on: "2024-10-01" });
  assert.equal(register.screeningOf("r"), null);
  put("screening", "s", { request_id: "r", passed: true });
  assert.equal(register.screeningOf("r")?.data.passed, true);
  const work = { submission_id: "1", seq: 1, entity: "screening", id: "s", base_version: 1, recorded_at: "", data: { passed: false }, sealed: false, outcome: null, told: null, epoch: null, pulled: false } as const;
  register.overlay([work]);
  assert.deepEqual([register.screeningOf("r")?.data.passed, register.screeningOf("r")?.waiting], [false, true]);
  register.remove("s");
  register.overlay([]);
  assert.equal(register.screeningOf("r"), null);
});
