// The records in memory: what was pulled, and over it what is not pulled yet.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type Kept, pageOf, Register } from "../../src/register/register.ts";
import type { Data, Entity, OutcomeKind } from "../../src/wire.ts";
import type { Work } from "../../src/work.ts";

const HOME = "018f7f6e-9000-7000-8000-000000000001";
const OTHER = "018f7f6e-9000-7000-8000-000000000002";
const id = (n: number): string => `018f7f6e-9000-7000-8000-0000000001${n.toString(16).padStart(2, "0")}`;
const kept = (entity: Entity, record: string, data: Data, version = 1): Kept => ({ entity, id: record, version, area_id: "a", data, life: 1 });

let seq = 0;
function work(entity: Entity, record: string, data: Data, more: Partial<Work> = {}): Work {
  seq += 1;
  return { submission_id: `s${seq}`, seq, entity, id: record, base_version: 1, recorded_at: "", data, sealed: false, outcome: null, told: null, epoch: null, pulled: false, ...more };
}
function said(one: Work, outcome: OutcomeKind, version: number | null): Work {
  return { ...one, outcome, epoch: "e1", told: { submission_id: one.submission_id, outcome, entity: one.entity, id: one.id, version, replayed: false, result: null, problem: null, conflict_id: null, waiting_for: null } };
}
function register(...records: Kept[]): Register {
  const made = new Register();
  for (const one of records) made.put(one);
  return made;
}

test("a record is seen as it was pulled, and its page is its household's", () => {
  const made = register(kept("household", HOME, { phone: "1" }), kept("member", id(0x77), { household_id: HOME, full_name: "Lan" }));
  assert.deepEqual(made.household(HOME), { entity: "household", id: HOME, version: 1, data: { phone: "1" }, waiting: false });
  assert.equal(made.member(HOME), null, "a household is no person");
  assert.deepEqual([...made.allKept()].map(pageOf), [1, 1]);
  assert.deepEqual(made.page(1).map((one) => one.id), [HOME, id(0x77)]);
});

test("work lies over the record in its order, and is told as waiting", () => {
  const made = register(kept("household", HOME, { phone: "1", note: "a" }, 4));
  made.overlay([work("household", HOME, { phone: "2" }), work("household", HOME, { phone: "3" })]);
  assert.deepEqual(made.household(HOME), { entity: "household", id: HOME, version: 4, data: { phone: "3", note: "a" }, waiting: true });
  assert.deepEqual(made.kept(HOME)!.data, { phone: "1", note: "a" });
});

for (const [outcome, seen, waiting] of [["held", "2", true], ["quarantined", "2", true], ["conflict", "2", true], ["rejected", "1", false]] as const) {
  test(`${outcome} work ${seen === "2" ? "lies over the record" : "lies over nothing"}`, () => {
    const made = register(kept("household", HOME, { phone: "1" }));
    made.overlay([said(work("household", HOME, { phone: "2" }), outcome, null)]);
    assert.deepEqual([made.household(HOME)!.data.phone, made.household(HOME)!.waiting], [seen, waiting]);
  });
}

test("refused work stays refused while it is offered to a restored server", () => {
  const made = register(kept("household", HOME, { phone: "1" }));
  made.overlay([{ ...said(work("household", HOME, { phone: "2" }), "rejected", null), outcome: null }]);
  assert.equal(made.household(HOME)!.data.phone, "1");
});

test("of a household that was merged away the receipt tells another one's version, of a person their own", () => {
  const merged = (entity: Entity, record: string): Work => {
    const made = said(work(entity, record, {}, { base_version: null }), "applied", 3);
    return { ...made, told: { ...made.told!, result: { merged_into: OTHER } } };
  };
  const made = register();
  made.overlay([merged("household", HOME), merged("member", id(1))]);
  assert.deepEqual([made.household(HOME)!.version, made.member(id(1))!.version], [1, 3]);
});

test("acknowledged work lies over the record until it is pulled, and waits no more", () => {
  const made = register(kept("household", HOME, { phone: "1" }));
  const one = said(work("household", HOME, { phone: "2" }), "applied", 2);
  made.overlay([one]);
  assert.deepEqual([made.household(HOME)!.data.phone, made.household(HOME)!.version, made.household(HOME)!.waiting], ["2", 1, false]);
  made.put(kept("household", HOME, { phone: "của máy khác" }, 3));
  assert.deepEqual([made.household(HOME)!.data.phone, made.household(HOME)!.version], ["của máy khác", 3]);
  made.overlay([{ ...one, outcome: null }]); // due again, after a restore: the record has it
  assert.equal(made.household(HOME)!.data.phone, "của máy khác");
  made.put(kept("household", HOME, { phone: "1" }, 1)); // and has it no more
  assert.deepEqual([made.household(HOME)!.data.phone, made.household(HOME)!.waiting], ["2", true]);
});

test("what a pull brought after the work is what is seen, whatever its version", () => {
  const made = register(kept("household", HOME, { phone: "gộp" }, 1));
  made.overlay([{ ...said(work("household", HOME, { phone: "2" }), "applied", 9), pulled: true }]);
  assert.equal(made.household(HOME)!.data.phone, "gộp");
});

test("a household made here is seen with its people, before and after the server has it", () => {
  const made = register();
  const works = [
    work("household", HOME, { hamlet_id: "a" }, { base_version: null }),
    work("member", id(1), { household_id: HOME, full_name: "Bình", birth_year: 1980, relation_to_head: "spouse" }, { base_version: null }),
    work("member", id(2), { household_id: HOME, full_name: "An", birth_year: 1990, relation_to_head: "child" }, { base_version: null }),
    work("household", HOME, { head_member_id: id(2) }),
  ];
  made.overlay(works);
  assert.deepEqual([made.household(HOME)!.version, made.household(HOME)!.waiting], [null, true]);
  assert.deepEqual(made.members(HOME).map((one) => one.data.full_name), ["An", "Bình"]);
  made.overlay([said(works[0]!, "applied", 1), ...works.slice(1, 3), said(works[3]!, "applied", 2)]);
  assert.deepEqual([made.household(HOME)!.version, made.household(HOME)!.waiting, made.member(id(1))!.waiting], [1, false, true]);
  assert.deepEqual(made.households().map((one) => one.id), [HOME]);
});

test("a change of a record that has left the tablet is no half record", () => {
  const made = register(kept("household", HOME, { phone: "1" }));
  const one = work("household", HOME, { phone: "2" });
  made.overlay([one]);
  made.remove(HOME);
  assert.equal(made.household(HOME), null);
  assert.deepEqual(made.households(), []);
});

test("who moves to another household is there at once, and back when the work is refused", () => {
  const made = register(kept("household", HOME, {}), kept("household", OTHER, {}), kept("member", id(1), { household_id: HOME, full_name: "An" }));
  const move = work("member", id(1), { household_id: OTHER });
  made.overlay([move]);
  assert.deepEqual([made.members(HOME).length, made.members(OTHER).length], [0, 1]);
  made.overlay([said(move, "rejected", null)]);
  assert.deepEqual([made.members(HOME).length, made.members(OTHER).length], [1, 0]);
  made.put(kept("member", id(1), { household_id: OTHER, full_name: "An" }, 2));
  assert.deepEqual([made.members(HOME).length, made.members(OTHER).length, made.page(1).length, made.page(2).length], [0, 1, 1, 2]);
});

test("the head comes first, then by age; who has left only where all are asked for", () => {
  const person = (n: number, more: Data): Kept => kept("member", id(n), { household_id: HOME, left_on: null, relation_to_head: "child", birth_date: null, birth_year: null, ...more });
  const made = register(
    kept("household", HOME, { head_member_id: id(3) }),
    person(1, { birth_year: 2001 }), person(2, { birth_date: "1970-02-03" }), person(3, { birth_year: 1990 }), person(4, {}), person(5, { left_on: "2024-01-01", birth_year: 1950 }),
  );
  assert.deepEqual(made.members(HOME).map((one) => one.id), [3, 2, 1, 4].map(id));
  assert.deepEqual(made.members(HOME, true).map((one) => one.id), [3, 5, 2, 1, 4].map(id));
  made.put(kept("household", HOME, { head_member_id: id(4) }, 2));
  assert.deepEqual(made.members(HOME).map((one) => one.id), [4, 2, 3, 1].map(id));
  made.put(person(5, { left_on: null, birth_year: 1950 }));
  made.remove(id(3));
  assert.deepEqual(made.members(HOME).map((one) => one.id), [4, 5, 2, 1].map(id));
  made.overlay([work("member", id(5), { left_on: "2024-10-05" }), work("household", HOME, { head_member_id: id(2) })]);
  assert.deepEqual(made.members(HOME).map((one) => one.id), [2, 1, 4].map(id));
});

test("cases are found by round, other records by household or by its people", () => {
  const made = register(
    kept("household", HOME, {}), kept("member", id(1), { household_id: HOME }),
    kept("review_case", id(2), { household_id: HOME, round_id: "r1" }), kept("review_case", id(3), { household_id: HOME, round_id: "r2" }),
    kept("sheet_line", id(4), { household_id: null, member_id: id(1) }), kept("sheet_line", id(5), { household_id: HOME }), kept("sheet_line", id(6), { household_id: OTHER }),
  );
  assert.equal(made.caseOf("r2", HOME)!.id, id(3));
  assert.equal(made.caseOf("r3", HOME), null);
  assert.deepEqual(made.of("sheet_line", HOME).map((one) => one.id), [id(5), id(4)]);
  made.overlay([work("request", id(7), { household_id: HOME }, { base_version: null })]);
  assert.deepEqual(made.of("request", HOME).map((one) => [one.id, one.version]), [[id(7), null]]);
});

test("the revision rises with what changes and with nothing else", () => {
  const made = register(kept("household", HOME, {}));
  const works = [work("household", HOME, { phone: "2" })];
  const seen: number[] = [made.revision];
  const step = (change: () => void) => (change(), seen.push(made.revision));
  step(() => made.overlay(works));
  step(() => made.overlay([...works]));
  step(() => made.remove(OTHER));
  step(() => made.overlay([]));
  step(() => made.put(kept("household", OTHER, {})));
  step(() => made.remove(OTHER));
  assert.deepEqual(seen.map((one, at) => at === 0 || one > seen[at - 1]!), [true, true, false, false, true, true, true]);
});
