// Two people and one household: conflicts, merges, what waits, and the officer's side of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { removeRecords, storeChanges } from "../../src/disk/pages.ts";
import { setSetting } from "../../src/disk/settings.ts";
import { conflicts, fleet, officerDoors, refuse, resolve, retry, sentData, waiting } from "../../src/line/officer.ts";
import { Refused } from "../../src/line/line.ts";
import { changes, complete, creates, does, household, member, newTablet, onLine, outcomesOf, pulled, restarted, world } from "./world.ts";

test("a conflict is kept, an officer decides, and the decision comes home", async () => {
  const [home, other] = await world<string[]>("homes", { count: 2 });
  const tablet = await newTablet();
  const officer = await newTablet("truc-thai");
  await complete(tablet);
  await world("officer_changes", { home, base: 1, data: { phone: "7" } });
  await world("officer_changes", { home: other, base: 1, data: { address: "Ngõ 7" } });
  await does(tablet, changes(tablet, "household", home!, { phone: "8" }), changes(tablet, "household", other!, { phone: "8" }));
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["conflict", "merged"]);
  assert.deepEqual(pulled(tablet).get(other!)![1], 3);
  const [open, ...more] = await conflicts(officer.line);
  assert.deepEqual([open!.record_id, more.length, open!.fields.phone], [home, 0, { base: "0", server: "7", device: "8" }]);
  await resolve(officer.line, open!.id, "device", null, "đã gọi điện");
  await assert.rejects(resolve(officer.line, open!.id, "server", null, "x"), (error) => error instanceof Refused && error.slug === "illegal-stage");
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["merged", "merged"]);
  assert.equal(pulled(tablet).get(home!)![2].phone, "8");
  assert.deepEqual(await conflicts(officer.line), []);
  await does(tablet, changes(tablet, "household", home!, { phone: "9" }));
  await complete(tablet);
  assert.equal(tablet.outbox.value.at(-1)!.outcome, "applied");
});

test("what waits for its household is released when it arrives, or refused with a reason that the surveyor reads", async () => {
  const tablet = await newTablet();
  const officer = await newTablet("truc-thai");
  await complete(tablet);
  const hamlet = tablet.reference.value!.areas.find((area) => area.code === "14080-03")!.id;
  const home = creates("household", household(hamlet));
  await does(tablet, creates("member", member(home.id)), creates("member", member("0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e6f", "Không Có Hộ")));
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["held", "held"]);
  assert.equal(tablet.outbox.value[0]!.told!.waiting_for, home.id);
  const held = await waiting(officer.line, "held");
  assert.deepEqual(held.map((one) => one.username), ["xom-3", "xom-3"]);
  assert.ok(held[0]!.why.vi);
  const stray = tablet.outbox.value[1]!.submission_id;
  assert.equal((await sentData(officer.line, stray))!.full_name, "Không Có Hộ");
  assert.equal((await retry(officer.line, stray)).outcome, "held");
  assert.equal((await refuse(officer.line, stray, "Ghi nhầm hộ")).outcome, "rejected");
  await does(tablet, home);
  await complete(tablet);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["applied", "rejected", "applied"]);
  assert.match(tablet.outbox.value[1]!.told!.problem!.details!.vi, /Ghi nhầm hộ/);
  assert.deepEqual(await waiting(officer.line, "held"), []);
});

test("what is unsent of a household that was merged away goes on to the survivor", async () => {
  const [survivor, absorbed] = await world<string[]>("homes", { count: 2 });
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, changes(tablet, "household", absorbed!, { address: "Ngõ 9" }), creates("member", member(absorbed!, "Trần Thị Mới")));
  await world("merge", { survivor, absorbed });
  await complete(tablet);
  assert.ok(outcomesOf(tablet).every((outcome) => outcome === "applied" || outcome === "merged"), String(outcomesOf(tablet)));
  await complete(tablet);
  assert.equal(tablet.register.kept(absorbed!), null);
  const later = await restarted(tablet);
  assert.deepEqual([tablet.merged.value, later.merged.value], Array(2).fill({ [absorbed!]: survivor }), "it is told once");
  assert.ok(tablet.register.members(survivor!).some((one) => one.data.full_name === "Trần Thị Mới"));
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
});

test("the doors of an officer open to an officer, and to no surveyor", async () => {
  const officer = await newTablet("truc-thai");
  const tablet = await newTablet();
  assert.deepEqual(await officerDoors(officer.line), { conflicts: true, waiting: true, fleet: true });
  assert.deepEqual(await officerDoors(tablet.line), { conflicts: false, waiting: false, fleet: false });
  const seen = await fleet(officer.line);
  assert.deepEqual(seen.filter((one) => one.username === "xom-3").map((one) => [one.id, one.state]), [[tablet.opened.profile.device_id, "fine"]]);
});

test("a tablet that was damaged, or lies, is put right by what differs alone", async () => {
  const homes = await world<string[]>("homes", { count: 30 });
  const tablet = await newTablet();
  await complete(tablet);
  const { opened, register } = tablet;
  const area = register.kept(homes[0]!)!.area_id!;
  await removeRecords(opened, register, [register.kept(homes[0]!)!]);
  const lie = (id: string, version: number) => ({ entity: "household" as const, id, version, op: "put" as const, area_id: area, data: { hamlet_id: area, note: "bịa" } });
  await storeChanges(opened, register, [lie(homes[1]!, 77), lie("0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e6f", 3)], 1, {});
  await complete(tablet);
  assert.equal(pulled(tablet).get(homes[1]!)![1], 77);
  await setSetting(opened, "verify_due", true);
  const paths: string[] = [];
  await onLine(tablet);
  const call = tablet.line.call.bind(tablet.line);
  tablet.line.call = (method, path, more) => (paths.push(path), call(method, path, more));
  await complete(tablet);
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
  assert.ok(paths.filter((path) => path.startsWith("/sync/v1/digests/")).length <= 4, String(paths));
  paths.length = 0;
  await complete(tablet);
  assert.ok(!paths.some((path) => path.includes("digests")), "once a day");
});
