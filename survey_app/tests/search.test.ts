// The list of households: found without tone marks, in the order of numbers, by what is to do in a round.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Draft } from "../src/disk/drafts.ts";
import { Register } from "../src/register/register.ts";
import { type Asked, counted, foundPerson, listed, plain } from "../src/register/search.ts";
import type { Data, Entity } from "../src/wire.ts";

const ROUND = "0190c0de-0000-7000-8000-0000000000aa";
const [NORTH, SOUTH] = ["0190c0de-0000-7000-8000-00000000b001", "0190c0de-0000-7000-8000-00000000a002"];
const everything: Asked = { text: "", roundId: ROUND, visit: "all", hamletId: null };

let made = 0;
const id = () => `0190c0de-0000-7000-8000-${String(++made).padStart(12, "0")}`;

function put(register: Register, entity: Entity, data: Data, at = id()): string {
  register.put({ entity, id: at, version: 1, area_id: null, data, life: 1 });
  return at;
}

function household(register: Register, number: string | null, names: string[], more: Data = {}): string {
  const home = put(register, "household", { hamlet_id: NORTH, household_no: number, address: null, phone: null, residence: "permanent", status: "active", head_member_id: null, ...more });
  for (const [place, full_name] of names.entries()) {
    put(register, "member", { household_id: home, full_name, sex: "female", relation_to_head: place === 0 ? "head" : "child", left_on: null });
  }
  return home;
}

const onList = (register: Register, home: string, stage: string, more: Data = {}) =>
  put(register, "review_case", { round_id: ROUND, household_id: home, stage, ground: "poor", review_id: null, ...more });

const draft = (kind: string, home: string): Draft => ({ id: id(), kind, about: { household: home, round: ROUND }, values: {}, step: null, saved_at: "2024-10-05T08:00:00+07:00" });

const numbers = (register: Register, asked: Partial<Asked>) => listed(register, [], { ...everything, ...asked }).map((one) => one.household.data.household_no);

test("what is typed without marks finds what is written with them, and the other way round", () => {
  const register = new Register();
  household(register, "1", ["Nguyễn Thị Mẫu"]);
  household(register, "2", ["Đặng Văn Mậu", "Lò Thị Hoà"]);
  assert.equal(plain("Đặng HÒA"), "dang hoa");
  assert.deepEqual(numbers(register, { text: "nguyen thi mau" }), ["1"]);
  assert.deepEqual(numbers(register, { text: "mau" }), ["1", "2"]);
  assert.deepEqual(numbers(register, { text: "hòa" }), ["2"]);
  assert.deepEqual(numbers(register, { text: "mau dang" }), ["2"]);
  assert.deepEqual(numbers(register, { text: "không có" }), []);
});

test("what has the marks that were typed comes first", () => {
  const register = new Register();
  household(register, "1", ["Trần Thị Mẫu"]);
  household(register, "2", ["Trần Thị Mậu"]);
  assert.deepEqual(numbers(register, { text: "Mậu" }), ["2", "1"]);
});

test("by number, address and telephone, however that is written", () => {
  const register = new Register();
  household(register, "017", ["A"], { address: "Cạnh Đình làng", phone: "0912 345 678" });
  household(register, "018", ["B"]);
  for (const text of ["017", "dinh lang", "0912345678", "0912 345"]) assert.deepEqual(numbers(register, { text }), ["017"], text);
});

test("numbers are read as numbers, what has none yet comes first, hamlets in the order asked for", () => {
  const register = new Register();
  for (const number of ["10", "2", null, "1"]) household(register, number, ["A"]);
  household(register, "3", ["A"], { hamlet_id: SOUTH });
  assert.deepEqual(numbers(register, { hamletId: NORTH }), [null, "1", "2", "10"]);
  assert.deepEqual(numbers(register, { hamlets: [SOUTH, NORTH] }), ["3", null, "1", "2", "10"]);
});

test("who was found is told where it is not the head", () => {
  const register = new Register();
  const home = household(register, "1", ["Đặng Văn Mậu", "Lò Thị Hoà"]);
  assert.equal(foundPerson(register, home, "hoa"), "Lò Thị Hoà");
  assert.equal(foundPerson(register, home, "mau"), null);
  assert.equal(foundPerson(register, home, ""), null);
});

test("a change is found at once, by the new name and no more by the old one", () => {
  const register = new Register();
  const home = household(register, "1", []);
  const person = { household_id: home, full_name: "Nguyễn Thị Cũ", left_on: null };
  const at = put(register, "member", person);
  assert.deepEqual(numbers(register, { text: "cu" }), ["1"]);
  register.put({ entity: "member", id: at, version: 2, area_id: null, data: { ...person, full_name: "Nguyễn Thị Mới" }, life: 1 });
  assert.deepEqual(numbers(register, { text: "moi" }), ["1"]);
  assert.deepEqual(numbers(register, { text: "cu" }), []);
  register.remove(home);
  assert.deepEqual(numbers(register, { text: "moi" }), []);
});

test("a household is to do, begun, not at home or done as its case, the drafts and the outbox say", () => {
  const register = new Register();
  const homes = Object.fromEntries(["to_do", "draft", "not_home", "office", "done", "again", "sent", "other"].map((name) => [name, household(register, name, ["A"])]));
  for (const name of ["to_do", "draft", "not_home", "sent"]) onList(register, homes[name]!, "listed");
  onList(register, homes.office!, "not_reached");
  onList(register, homes.done!, "surveyed", { review_id: id() });
  onList(register, homes.again!, "resurvey", { review_id: id() });
  register.overlay([{
    submission_id: id(), seq: 1, entity: "review", id: id(), base_version: null, recorded_at: "2024-10-05T08:00:00+07:00",
    data: { household_id: homes.sent, round_id: ROUND }, sealed: false, outcome: null, told: null, epoch: null, pulled: false,
  }]);
  const drafts = [draft("review", homes.draft!), draft("not_home", homes.not_home!)];
  const found = counted(register, drafts, everything);
  const visits = Object.fromEntries(found.lines.map((one) => [one.household.data.household_no, one.visit]));
  assert.deepEqual(visits, { to_do: "to_do", draft: "draft", not_home: "not_home", office: "not_home", done: "done", again: "to_do", sent: "done", other: null });
  assert.deepEqual(found.counts, { all: 8, to_do: 2, draft: 1, not_home: 2, done: 2 });
  assert.deepEqual(counted(register, drafts, { ...everything, visit: "done" }).lines.length, 2);
  assert.equal(counted(register, drafts, { ...everything, roundId: null }).counts.to_do, 0);
});

test("what is found again is found anew where a draft, the round, the hamlet, the search or a record has changed", () => {
  const register = new Register();
  const home = household(register, "1", ["A"]);
  household(register, "2", ["B"], { hamlet_id: SOUTH });
  const at = onList(register, home, "listed");
  const none: Draft[] = [];
  const toDo = (drafts: Draft[], asked: Partial<Asked> = {}) => counted(register, drafts, { ...everything, ...asked }).counts.to_do;
  const all = (asked: Partial<Asked>) => counted(register, none, { ...everything, ...asked }).counts.all;
  assert.deepEqual([toDo(none), toDo(none), toDo([draft("review", home)]), toDo(none)], [1, 1, 0, 1]);
  assert.deepEqual([toDo(none, { roundId: null }), toDo(none)], [0, 1]);
  assert.deepEqual([all({}), all({ hamletId: SOUTH }), all({}), all({ text: "b" }), all({})], [2, 1, 2, 1, 2]);
  const first = (hamlets: string[]) => listed(register, none, { ...everything, hamlets })[0]!.household.data.household_no;
  assert.deepEqual([first([SOUTH, NORTH]), first([NORTH, SOUTH])], ["2", "1"]);
  assert.equal(toDo(none), 1);
  register.remove(at);
  assert.equal(toDo(none), 0);
});

test("a household that was merged or has left is not on the list", () => {
  const register = new Register();
  household(register, "1", ["A"], { status: "merged" });
  household(register, "2", ["B"], { status: "left" });
  household(register, "3", ["C"]);
  assert.deepEqual(numbers(register, {}), ["3"]);
});
