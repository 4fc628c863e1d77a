// Forms: what is asked, what fits, in which steps, and what stands in the way of sending.

import assert from "node:assert/strict";
import { test } from "node:test";

import { asked, cleaned, faultOf, faulty, leftOut, unanswered } from "../../src/forms/answers.ts";
import { deliveryFaults, householdFaults, leavingFaults, memberFaults, requestFaults } from "../../src/forms/checks.ts";
import { numberOrTyped, parsedNumber, typedNumber } from "../../src/forms/numbers.ts";
import { emptyReview, gaps, open, pointsFault, reviewSteps } from "../../src/forms/review.ts";
import { shownSteps, stepOf, stepsOf } from "../../src/forms/steps.ts";
import type { Form, Question, Round } from "../../src/wire.ts";

const words = (said: string) => ({ vi: said, en: said });
const question = (code: string, more: Partial<Question> = {}): Question =>
  ({ code, type: "boolean", label: words(code), section: "b1", required: true, options: [], min: null, max: null, decimals: 0, visible_if: true, ...more });
const form = (...questions: Question[]): Form => ({ code: "form-b", version: 1, sha256: "", questions, scoring: {} });
const options = (...codes: string[]) => codes.map((code) => ({ code, label: words(code) }));
const if_ = (code: string) => ({ "==": [{ var: `answers.${code}` }, true] });

for (const [typed, decimals, number] of [
  ["12", 0, 12], [" 12 ", 0, 12], ["1.500", 0, 1500], ["1,500", 0, 1500], ["1.500.000", 0, 1500000], ["12,5", 1, 12.5], ["12.5", 1, 12.5],
  ["1.500,5", 1, 1500.5], ["1,500.5", 1, 1500.5], ["1.500", 3, 1.5], ["1 500", 0, 1500], ["-3", 0, -3], ["0", 0, 0], ["0,75", 2, 0.75],
  ["", 0, null], ["mười", 0, null], ["1e3", 0, null], ["0x10", 0, null], ["12,", 1, null], [",5", 1, null], ["1.50.0", 0, null], ["Infinity", 0, null],
] as const) {
  test(`"${typed}" with ${decimals} decimals is ${number}`, () => assert.equal(parsedNumber(typed, decimals), number));
}

test("letters where a number is asked for are kept as typed, pointed out, and counted as nothing", () => {
  assert.deepEqual(["12a", "12,5", " ", "  mười "].map((typed) => numberOrTyped(typed, 1)), ["12a", 12.5, null, "mười"]);
  const made = form(question("cows", { type: "number", required: false }), question("milk", { visible_if: { ">": [{ var: "answers.cows" }, 0] } }));
  assert.deepEqual(cleaned(made, { cows: "3 con", milk: true }), {});
  assert.deepEqual(faulty(made, { cows: "3 con" }).map((one) => one.question.code), ["cows"]);
  assert.deepEqual([unanswered(made, { cows: "3 con" }), leftOut(made, { cows: "3 con" })], [[], []]);
  assert.notEqual(pointsFault("120 điểm"), null);
  assert.notEqual(memberFaults({ full_name: "A", sex: "male", relation_to_head: "head", ethnicity: "kinh", birth_year: "19x1" }, "2026-10-01").birth_year, undefined);
});

test("a number is shown as it may be typed again", () => {
  for (const value of [1500, 12.5, 0, 0.75, 1234567.5]) assert.equal(parsedNumber(typedNumber(value, "vi"), 2), value);
});

test("a question that another answer hides is neither asked nor sent, and what hung on it neither", () => {
  const made = form(question("farm"), question("cows", { type: "number", visible_if: if_("farm") }), question("milk", { visible_if: { ">": [{ var: "answers.cows" }, 0] } }));
  assert.deepEqual(asked(made, { farm: true, cows: 2 }).map((one) => one.code), ["farm", "cows", "milk"]);
  assert.deepEqual(asked(made, { farm: false, cows: 2, milk: true }).map((one) => one.code), ["farm"]);
  assert.deepEqual(cleaned(made, { farm: false, cows: 2, milk: true, other: 1 }), { farm: false });
  assert.deepEqual(cleaned(made, { farm: true, cows: null, milk: true }), { farm: true });
});

test("what must be answered is told apart from what may be left out", () => {
  const made = form(question("a"), question("b", { required: false }), question("c", { visible_if: if_("a") }), question("d", { type: "multi", options: options("x") }));
  assert.deepEqual(unanswered(made, {}).map((one) => one.code), ["a", "d"]);
  assert.deepEqual(unanswered(made, { a: true, d: [] }).map((one) => one.code), ["c"], "none of these is an answer");
  assert.deepEqual(unanswered(made, { a: false, d: ["x"] }), [], "no is an answer, and hides c");
  assert.deepEqual(leftOut(made, { a: true }).map((one) => one.code), ["b"]);
});

test("answers that do not fit their question are pointed out", () => {
  const area = question("area", { type: "number", min: 0, max: 2000, decimals: 1 });
  const fits = (one: Question, value: unknown) => faultOf(one, value) === null;
  assert.ok(fits(area, 45.5) && fits(area, 0) && fits(area, null) && fits(area, 2000));
  for (const wrong of [-1, 2000.1, 45.55, "45", NaN, true]) assert.ok(!fits(area, wrong), String(wrong));
  const water = question("water", { type: "single", options: options("tap", "well") });
  assert.ok(fits(water, "tap") && !fits(water, "river") && !fits(water, ["tap"]));
  const assets = question("assets", { type: "multi", options: options("tv", "bike") });
  assert.ok(fits(assets, []) && fits(assets, ["tv"]) && !fits(assets, ["car"]) && !fits(assets, "tv"));
  assert.ok(!fits(question("yes"), "true") && fits(question("day", { type: "date" }), "2024-10-05") && !fits(question("day", { type: "date" }), "5/10"));
  assert.deepEqual(faulty(form(area, water), { area: -1, water: "tap" }).map((one) => one.question.code), ["area"]);
});

const long = form(...Array.from({ length: 10 }, (_, n) => question(`a${n}`)), question("z", { section: "b2", visible_if: if_("a0") }));

test("a step has at most four questions of one section, and all are asked once and in order", () => {
  const steps = stepsOf(long);
  assert.deepEqual(steps.map((one) => [one.key, one.questions.length]), [["b1-1", 4], ["b1-2", 3], ["b1-3", 3], ["b2-1", 1]]);
  assert.deepEqual(steps.flatMap((one) => one.questions.map((asks) => asks.code)), long.questions.map((one) => one.code));
  assert.equal(stepOf(long, "a9")!.key, "b1-3");
});

test("a step with nothing to ask is left out; no question wanders while one answers", () => {
  assert.deepEqual(shownSteps(long, {}).map((one) => one.key), ["b1-1", "b1-2", "b1-3"]);
  assert.deepEqual(shownSteps(long, { a0: true }).map((one) => one.key), ["b1-1", "b1-2", "b1-3", "b2-1"]);
});

const round: Round = { id: "r", area_id: "a", kind: "periodic", year: 2024, standard_code: "s", standard_version: 1, training: false, opens_on: "2024-09-01", closes_on: "2024-12-14" };
const small = form(question("a"), question("b", { required: false, section: "b2", type: "number", min: 0, max: 9 }));

test("evidence is asked for only where the round asks for it", () => {
  const keys = (evidence?: Round["evidence"]) => reviewSteps(small, { ...round, ...(evidence && { evidence }) }, {}).map((one) => one.key);
  assert.deepEqual(keys(), ["people", "b1-1", "b2-1", "more", "result"]);
  assert.deepEqual(keys([]), ["people", "b1-1", "b2-1", "more", "result"]);
  assert.deepEqual(keys(["photo"]), ["people", "b1-1", "b2-1", "more", "evidence", "result"]);
});

test("what stands in the way of sending leads to its screen, in the order of the screens", () => {
  const values = emptyReview(round, "2024-10-05");
  const found = (change: object) => gaps(small, round, false, { ...values, people_confirmed: true, answers: { a: true }, ...change }, "2024-10-05").map((one) => one.step);
  assert.deepEqual(gaps(small, round, false, { ...values, answers: { b: 10 } }, "2024-10-05").map((one) => one.step), ["people", "b1-1", "b2-1"]);
  assert.deepEqual(found({}), []);
  assert.deepEqual(found({ surveyed_on: "2024-08-31" }), ["more"], "before the round");
  assert.deepEqual(found({ surveyed_on: "2024-10-06" }), ["more"], "tomorrow");
  assert.deepEqual(found({ surveyed_on: "" }), ["more"]);
  assert.deepEqual(found({ b1_entered: 120 }), ["more"], "a total without the number of its paper");
  assert.deepEqual(found({ b1_entered: 120, paper_no: "B-1" }), []);
  assert.deepEqual(open(small, { a: true }).map((one) => one.step), ["b2-1"]);
});

test("where the points are computed, the total of a paper is none of the review", () => {
  const values = { ...emptyReview(round, "2024-10-05"), people_confirmed: true, answers: { a: true }, b1_entered: 120 };
  assert.deepEqual(gaps(small, round, true, values, "2024-10-05"), []);
});

test("a review begins today, and never before its round", () => {
  assert.equal(emptyReview(round, "2024-10-05").surveyed_on, "2024-10-05");
  assert.equal(emptyReview(round, "2024-08-20").surveyed_on, "2024-09-01");
});

const person = { full_name: "Nguyễn Thị Mẫu", sex: "female", birth_year: 1961, relation_to_head: "head", ethnicity: "kinh" };
const faults = (change: object) => Object.keys(memberFaults({ ...person, ...change }, "2024-10-05"));

test("a person is named, of a sex, a relation, a people, and was born", () => {
  assert.deepEqual(faults({}), []);
  assert.deepEqual(Object.keys(memberFaults({}, "2024-10-05")).sort(), ["birth_year", "ethnicity", "full_name", "relation_to_head", "sex"]);
  assert.deepEqual(faults({ full_name: " 123 " }), ["full_name"]);
  assert.deepEqual(faults({ birth_year: 1899 }), ["birth_year"]);
  assert.deepEqual(faults({ birth_year: 2025 }), ["birth_year"]);
  assert.deepEqual(faults({ birth_date: "2024-10-06" }), ["birth_date"]);
  assert.deepEqual(faults({ birth_date: "2024-10-05", birth_year: null }), []);
  assert.deepEqual(faults({ ethnicity: null, withheld: ["ethnicity"] }), [], "who may not see it is not asked");
});

test("a citizen number has nine or twelve digits", () => {
  for (const number of ["036061001234", "036 061 001 234", "123456789", "", null]) assert.deepEqual(faults({ personal_id: number }), [], String(number));
  for (const number of ["1234567890", "12345678", "03606100123a", "********1234"]) assert.deepEqual(faults({ personal_id: number }), ["personal_id"], number);
});

test("households, leaving, requests and deliveries say what they need", () => {
  assert.deepEqual(Object.keys(householdFaults({})), ["residence"]);
  const leaving = (values: object) => Object.keys(leavingFaults({ birth_date: "2000-01-01" }, values as never, "2024-10-05"));
  assert.deepEqual(leaving({ left_on: "2024-10-01", left_reason: "died" }), []);
  assert.deepEqual(leaving({ left_on: "1999-12-31", left_reason: null }), ["left_on", "left_reason"]);
  assert.deepEqual(leaving({ left_on: "2024-10-06", left_reason: "died" }), ["left_on"]);
  assert.deepEqual(Object.keys(requestFaults({ received_on: null }, "2024-10-05")), ["kind", "received_on"]);
  assert.deepEqual(Object.keys(deliveryFaults({ delivered_on: "2024-10-05", received_by: "  " }, "2024-10-05")), ["received_by"]);
});
