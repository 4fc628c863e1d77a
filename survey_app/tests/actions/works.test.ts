// What a form becomes on the wire: changed fields only, on the version that was seen, parents first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { changedFields, tidy } from "../../src/actions/changes.ts";
import { changeHead, changeHousehold, newHousehold, splitHousehold } from "../../src/actions/households.ts";
import { newDelivery, newRequest, newReview } from "../../src/actions/papers.ts";
import { changeMember, leave, memberData, newMember, stay } from "../../src/actions/people.ts";
import { emptyReview } from "../../src/forms/review.ts";
import type { Form, Round } from "../../src/wire.ts";

const mother = {
  household_id: "h", full_name: "Nguyễn Thị Mẫu", sex: "female", birth_date: null, birth_year: 1961, relation_to_head: "head", ethnicity: "kinh",
  schooling: null, right_level: null, qualification: null, labour_status: null, labour_contract: null, occupation: null, health_insurance: true,
  social_allowance: null, pension: null, merit_person: false, disability: "none", nutrition: null, left_on: null, left_reason: null,
  personal_id: "********1234", withheld: [],
};
const opening = { id: "m", base: 4, before: mother };
const form = { ...mother, personal_id: null };
const sent = (values: object, before: object = mother) => changeMember({ ...opening, before: before as never }, values as never)[0]?.data;

test("only what was changed is sent, on the version that was seen", () => {
  assert.deepEqual(changeMember(opening, form), []);
  assert.deepEqual(changeMember(opening, { ...form, occupation: " Làm ruộng " }), [{ entity: "member", id: "m", base_version: 4, data: { occupation: "Làm ruộng" } }]);
  assert.deepEqual(sent({ ...form, health_insurance: null }), { health_insurance: null });
  assert.deepEqual(sent({ ...form, full_name: "Nguyễn Thị Mẫu".normalize("NFD") }), undefined, "the same name, written otherwise");
});

test("a masked citizen number is never sent back; one that is typed anew is", () => {
  assert.equal(sent({ ...form, personal_id: "" }), undefined);
  assert.deepEqual(sent({ ...form, personal_id: "036 061 001 234" }), { personal_id: "036061001234" });
});

test("a day of birth takes the place of the year; both stay where nobody touched them", () => {
  assert.deepEqual(sent({ ...form, birth_date: "1961-05-02" }), { birth_date: "1961-05-02", birth_year: null });
  const both = { ...mother, birth_date: "1961-05-02", birth_year: 1961 };
  assert.equal(sent({ ...both, personal_id: null }, both), undefined);
  assert.deepEqual(sent({ ...both, personal_id: null, birth_date: "1960-05-02" }, both), { birth_date: "1960-05-02", birth_year: null });
  assert.deepEqual(sent({ ...both, personal_id: null, birth_date: null }, both), { birth_date: null });
});

test("what somebody may not see is not changed by them", () => {
  const hidden = { ...mother, ethnicity: null, disability: null, withheld: ["ethnicity", "disability", "nutrition"] };
  assert.deepEqual(sent({ ...hidden, disability: "none", personal_id: null, sex: "male" }, hidden), { sex: "male" });
});

test("a new person says what is known, and no more", () => {
  const values = { full_name: " Trần Văn Mẫu ", sex: "male", birth_year: 2001, relation_to_head: "child", ethnicity: "kinh", merit_person: false, disability: "none", personal_id: null };
  assert.deepEqual(newMember("m", "h", values), {
    entity: "member", id: "m", base_version: null,
    data: { household_id: "h", full_name: "Trần Văn Mẫu", sex: "male", birth_year: 2001, relation_to_head: "child", ethnicity: "kinh", merit_person: false, disability: "none" },
  });
});

test("who leaves, and who is there after all", () => {
  assert.deepEqual(leave(opening, "2024-10-01", "moved"), { entity: "member", id: "m", base_version: 4, data: { left_on: "2024-10-01", left_reason: "moved" } });
  assert.deepEqual(stay(opening).data, { left_on: null, left_reason: null });
  assert.deepEqual(stay(opening, "parent").data, { left_on: null, left_reason: null, relation_to_head: "parent" });
});

test("a new household comes before its people, names its head, and makes it the head", () => {
  const people = ["a", "b"].map((id) => ({ id, values: { full_name: id, relation_to_head: id === "b" ? "child" : null } }));
  const works = newHousehold("h", "x", { residence: "permanent", address: "", no_labour_capacity: false }, people, "a");
  assert.deepEqual(works.map((one) => [one.entity, one.id, one.base_version]), [["household", "h", null], ["member", "a", null], ["member", "b", null]]);
  assert.deepEqual(works[0]!.data, { hamlet_id: "x", residence: "permanent", no_labour_capacity: false, head_member_id: "a" });
  assert.deepEqual(works.slice(1).map((one) => [one.data.household_id, one.data.relation_to_head]), [["h", "head"], ["h", "child"]]);
});

test("a household's ground goes with what it is the ground of", () => {
  const before = { household_no: "7", residence: "permanent", no_labour_capacity: true, no_labour_capacity_ground: "ốm", withheld: [] };
  assert.deepEqual(changeHousehold({ id: "h", base: 2, before }, { ...before, no_labour_capacity: false })[0]!.data, { no_labour_capacity: false, no_labour_capacity_ground: null });
  assert.deepEqual(changeHousehold({ id: "h", base: 2, before }, before), []);
  const hidden = { ...before, no_labour_capacity_ground: null, withheld: ["no_labour_capacity_ground"] };
  assert.deepEqual(changeHousehold({ id: "h", base: 2, before: hidden }, { ...hidden, note: "x" })[0]!.data, { note: "x" });
});

test("another head: the household says who, the new one is the head, the old one something else", () => {
  const works = changeHead({ id: "h", base: 3 }, { id: "b", base: 1, relation: "child" }, { id: "a", base: 2, relation: "head", becomes: "parent" });
  assert.deepEqual(works.map((one) => [one.id, one.base_version, one.data]), [
    ["h", 3, { head_member_id: "b" }], ["b", 1, { relation_to_head: "head" }], ["a", 2, { relation_to_head: "parent" }],
  ]);
});

test("a split: the new household first, in the same hamlet; its people go there, one of them as its head", () => {
  const home = { hamlet_id: "x", residence: "permanent", address: "Ngõ 3" };
  const leaving = [{ id: "a", base: 2, relation: "child", becomes: "child" }, { id: "b", base: 5, relation: "in_law", becomes: "spouse" }, { id: "c", base: 1, relation: "grandchild", becomes: "grandchild" }];
  const works = splitHousehold("new", home, { household_no: " 12 ", address: null }, leaving, "a");
  assert.deepEqual(works[0], { entity: "household", id: "new", base_version: null, data: { hamlet_id: "x", residence: "permanent", address: "Ngõ 3", household_no: "12", head_member_id: "a" } });
  assert.deepEqual(works.slice(1).map((one) => [one.id, one.base_version, one.data]), [
    ["a", 2, { household_id: "new", relation_to_head: "head" }],
    ["b", 5, { household_id: "new", relation_to_head: "spouse" }],
    ["c", 1, { household_id: "new" }],
  ]);
});

test("a request and a ticked line", () => {
  assert.deepEqual(newRequest("q", "h", { kind: "review", received_on: "2024-10-05", reason: "  " }).data, { household_id: "h", kind: "review", received_on: "2024-10-05" });
  const line = { id: "l", data: { intervention_id: "i", household_id: "h", member_id: null, form: "cash", paid_by: "hand", amount_vnd: 162540, quantity: null, unit: null, title: "x", state: "awaited" } };
  const values = { delivered_on: "2024-10-05", received_by: "Chủ hộ", refused: false, note: null, attachments: [] };
  const data = { intervention_id: "i", household_id: "h", form: "cash", paid_by: "hand", amount_vnd: 162540, delivered_on: "2024-10-05", received_by: "Chủ hộ", sheet_line_id: "l" };
  assert.deepEqual(newDelivery("d", line, values).data, data);
  assert.deepEqual(newDelivery("d", line, { ...values, refused: true }).data, { ...data, outcome: "refused" });
});

const round: Round = { id: "r", area_id: "a", kind: "periodic", year: 2024, standard_code: "s", standard_version: 1, training: false, opens_on: "2024-09-01", closes_on: "2024-12-14" };
const asked: Form = { code: "form-b", version: 3, sha256: "", scoring: {}, questions: [{ code: "a", type: "boolean", label: { vi: "", en: "" }, section: "b1", required: true, options: [], min: null, max: null, visible_if: true }] };
const judged = { assessment: { b1: 100, b2: 30, proposed_class: "poor", deprivations: ["x", "y", "z"], undetermined: [] }, contradictions: [] } as never;
const values = { ...emptyReview(round, "2024-10-05"), answers: { a: true, gone: 1 }, b1_entered: 100, paper_no: " B-1 ", position: { lat: 20, lon: 106, accuracy_m: 10 } };

test("a review says what was asked and what the tablet makes of it; what the round does not ask for is left out", () => {
  const of = { id: "v", householdId: "h", round, form: asked, pointsComputed: true };
  assert.deepEqual(newReview(of, values, judged), {
    entity: "review", id: "v", base_version: null,
    data: {
      household_id: "h", round_id: "r", form: { code: "form-b", version: 3 }, surveyed_on: "2024-10-05", answers: { a: true }, causes: [], needs: [],
      device_result: { b1: 100, b2: 30, proposed_class: "poor", deprivations: ["x", "y", "z"] }, attachments: [], paper_no: "B-1",
    },
  });
  const more = newReview({ ...of, pointsComputed: false, round: { ...round, evidence: ["position"] } }, values, judged).data;
  assert.deepEqual([more.b1_entered, more.position], [100, values.position]);
});

test("nothing and null are the same, lists are compared by what they hold", () => {
  assert.deepEqual(changedFields({ a: 1, list: ["x"] }, { a: 1, b: null, list: ["x"] }), {});
  assert.deepEqual(changedFields({ a: 1 }, { a: null, c: undefined }), { a: null });
});

test("what comes with a pasted name and is not seen does not go along: the server would refuse it weeks later", () => {
  assert.equal(tidy("\u202e\u2066Nguyễn\u200b Văn\u00ad A\ufeff"), "Nguyễn Văn A");
  assert.equal(tidy("một\r\nhai\u2028ba\u0007\ud800"), "một\nhai\nba");
  assert.equal(tidy("\u200b \u3164"), null);
  assert.equal(memberData({ personal_id: "\u200b036 090 001 234\ufeff" }).personal_id, "036090001234");
});
