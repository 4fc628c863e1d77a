// What the forms of the app become is what the server takes: no word of it is refused, and both reckon the same result.

import assert from "node:assert/strict";
import { test } from "node:test";

import { baseOf } from "../../src/actions/changes.ts";
import { changeHead, changeHousehold, newHousehold, splitHousehold } from "../../src/actions/households.ts";
import { newRequest, newReview } from "../../src/actions/papers.ts";
import { changeMember, leave, newMember, stay } from "../../src/actions/people.ts";
import { asked } from "../../src/forms/answers.ts";
import { formOf, judged, placeOf, pointsComputed } from "../../src/forms/judged.ts";
import { emptyReview, gaps } from "../../src/forms/review.ts";
import { today, uuid7 } from "../../src/ids.ts";
import type { Tablet } from "../../src/tablet.ts";
import type { Data, Question } from "../../src/wire.ts";
import { complete, does, newTablet, world } from "./world.ts";

const hamletOf = (tablet: Tablet): string => tablet.reference.value!.areas.find((area) => area.code === "14080-03")!.id;
const person = (full_name: string, relation_to_head: string, birth_year: number): Data =>
  ({ full_name, sex: "female", birth_year, relation_to_head, ethnicity: "kinh", merit_person: false, disability: "none" });
const opening = (tablet: Tablet, id: string) => ({ id, base: baseOf(tablet.register, id), before: { ...(tablet.register.member(id) ?? tablet.register.household(id))!.data } });

/** All that waited went out, and all of it is in force. */
async function taken(tablet: Tablet): Promise<void> {
  await complete(tablet);
  const refused = tablet.outbox.value.filter((one) => one.outcome !== "applied").map((one) => [one.entity, one.outcome, one.told?.problem]);
  assert.deepEqual(refused, []);
}

test("a household is written down, changed, led by somebody else, left and split", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const [home, mother, son, daughter, grandson, split] = Array.from({ length: 6 }, () => uuid7()) as [string, string, string, string, string, string];
  const people = [[mother, person("Nguyễn Thị Mẫu", "head", 1950)], [son, person("Trần Văn Mẫu", "child", 1975)], [daughter, person("Trần Thị Mẫu", "child", 1980)]] as const;
  await does(tablet, ...newHousehold(home, hamletOf(tablet), { residence: "permanent", household_no: "77", address: " Ngõ 3 " }, people.map(([id, values]) => ({ id, values })), mother));
  // without a line in between: all of it is changed again before the server has heard of it
  await does(tablet, newMember(grandson, home, { ...person("Trần Văn Cháu", "grandchild", 2015), birth_date: "2015-03-02", personal_id: "036 015 001 234" }));
  await does(tablet, ...changeHousehold(opening(tablet, home), { ...tablet.register.household(home)!.data, phone: "0912 345 678", no_labour_capacity: true, no_labour_capacity_ground: "Ốm dài ngày" }));
  await does(tablet, leave(opening(tablet, mother), today(), "died"), ...changeHead({ id: home, base: baseOf(tablet.register, home) }, { id: son, base: baseOf(tablet.register, son), relation: "child" }, null));
  await taken(tablet);
  assert.deepEqual(tablet.register.members(home).map((one) => [one.data.full_name, one.data.relation_to_head]), [["Trần Văn Mẫu", "head"], ["Trần Thị Mẫu", "child"], ["Trần Văn Cháu", "grandchild"]]);
  await does(tablet, ...changeMember(opening(tablet, daughter), { ...tablet.register.member(daughter)!.data, personal_id: null, birth_date: "1980-02-01", occupation: "May gia công" }));
  const leaving = [[daughter, "child"], [grandson, "child"]].map(([id, becomes]) => ({ id: id!, base: baseOf(tablet.register, id!), relation: tablet.register.member(id!)!.data.relation_to_head, becomes: becomes! }));
  await does(tablet, ...splitHousehold(split, tablet.register.household(home)!.data, { household_no: "78" }, leaving, daughter));
  await taken(tablet);
  await does(tablet, stay(opening(tablet, mother), "parent"), newRequest(uuid7(), split, { kind: "review", received_on: today(), reason: "Mới tách hộ" }));
  await taken(tablet);
  assert.deepEqual(tablet.register.members(home).map((one) => [one.id, one.data.relation_to_head]), [[son, "head"], [mother, "parent"]]);
  const gone = tablet.register.members(split).map(({ id, data }) => [id, data.relation_to_head, data.birth_date, data.personal_id]);
  assert.deepEqual(gone, [[daughter, "head", "1980-02-01", null], [grandson, "child", "2015-03-02", "********1234"]]);
  assert.equal(tablet.register.household(split)!.data.head_member_id, daughter);
});

/** An answer that fits, whatever the question. */
function answer({ type, options, min }: Question, n: number): unknown {
  if (type === "single") return options[n % options.length]!.code;
  if (type === "multi") return options.slice(0, n % (options.length + 1)).map((one) => one.code);
  return type === "boolean" ? n % 2 === 0 : type === "number" ? (min ?? 0) + n : type === "date" ? "2024-01-01" : "không rõ";
}

test("a review is taken as it was filled in, and the server comes to the same result", async () => {
  const { home, round: roundId } = await world<{ home: string; round: string }>("home_in_round");
  const tablet = await newTablet();
  await complete(tablet);
  const reference = tablet.reference.value!;
  const round = reference.rounds.find((one) => one.id === roundId)!;
  const form = formOf(reference, round)!;
  const place = placeOf(reference, tablet.register.household(home)!.data.hamlet_id);
  const computed = pointsComputed(form, place);
  // somebody is added on the way, and counts
  await does(tablet, newMember(uuid7(), home, person("Vũ Thị Mới", "other", 2020)));
  const answers = Object.fromEntries(asked(form, {}).map((one, n) => [one.code, answer(one, n)]));
  const values = { ...emptyReview(round, today()), people_confirmed: true, answers, respondent: "Chủ hộ", causes: ["lack_labour"], needs: ["health"], ...(computed ? {} : { b1_entered: 90, paper_no: "B-7" }) };
  assert.deepEqual(gaps(form, round, computed, values, today()), []);
  const members = tablet.register.members(home, true);
  const found = judged({ form, answers, members, place, on: values.surveyed_on, b1Entered: values.b1_entered as number | null });
  const review = newReview({ id: uuid7(), householdId: home, round, form, pointsComputed: computed }, values, found);
  await does(tablet, review);
  await taken(tablet);
  const result = tablet.outbox.value.find((one) => one.id === review.id)!.told!.result!;
  assert.equal(result.differs_from_device, false, JSON.stringify(result.differences));
  assert.deepEqual([result.b1, result.b2, result.proposed_class, result.deprivations], [found.assessment.b1, found.assessment.b2, found.assessment.proposed_class, found.assessment.deprivations]);
  assert.equal(tablet.register.caseOf(roundId, home)!.data.stage, "surveyed");
});

test("a review is not scored before all that was written of the people ahead of it", async () => {
  const { home, round: roundId } = await world<{ home: string; round: string }>("home_in_round");
  const tablet = await newTablet();
  await complete(tablet);
  const reference = tablet.reference.value!;
  const round = reference.rounds.find((one) => one.id === roundId)!;
  const form = formOf(reference, round)!;
  const child = uuid7();
  await does(tablet, newMember(child, home, { ...person("Vũ Thị Mới", "child", 2012), health_insurance: true, schooling: "lower_secondary" }));
  await does(tablet, ...changeMember(opening(tablet, child), { ...tablet.register.member(child)!.data, health_insurance: false, schooling: "none" }));
  const answers = Object.fromEntries(asked(form, {}).map((one, n) => [one.code, answer(one, n)]));
  const place = placeOf(reference, tablet.register.household(home)!.data.hamlet_id);
  const computed = pointsComputed(form, place);
  const values = { ...emptyReview(round, today()), people_confirmed: true, answers, ...(computed ? {} : { b1_entered: 90, paper_no: "B-7" }) };
  const members = tablet.register.members(home, true);
  const found = judged({ form, answers, members, place, on: values.surveyed_on, b1Entered: values.b1_entered as number | null });
  const review = newReview({ id: uuid7(), householdId: home, round, form, pointsComputed: computed }, values, found);
  await does(tablet, review);
  await taken(tablet);
  const result = tablet.outbox.value.find((one) => one.id === review.id)!.told!.result!;
  assert.deepEqual(result.differences ?? [], []);
  assert.ok((result.deprivations as string[]).length > 0);
});
