// Disasters of the server and of the account: what was acknowledged comes back, what was not sent stays, and nothing twice.

import assert from "node:assert/strict";
import { test } from "node:test";

import { enrol } from "../../src/line/enrolment.ts";
import { Refused } from "../../src/line/line.ts";
import type { Tablet } from "../../src/tablet.ts";
import { changes, complete, creates, does, enrolled, household, member, newTablet, onLine, outcomesOf, PASSWORD, pulled, restarted, sync, world } from "./world.ts";

const hamletOf = (tablet: Tablet): string => tablet.reference.value!.areas.find((area) => area.code === "14080-03")!.id;

test("a restored server gets back what it lost, in order, before what it never had", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const kept = creates("household", household(hamletOf(tablet), { phone: "1" }));
  const lost = creates("household", household(hamletOf(tablet)));
  const person = creates("member", member(lost.id));
  await does(tablet, kept, lost, person);
  await complete(tablet);
  await does(tablet, changes(tablet, "household", lost.id, { phone: "2" }));
  await world("restore", { lost: [lost.id, person.id] });
  const { sent } = await complete(tablet);
  assert.equal(sent, 4);
  assert.deepEqual(tablet.outbox.value.map((work) => [work.outcome, work.told!.version, work.told!.replayed]), [
    ["applied", 1, true],
    ["applied", 1, false],
    ["applied", 1, false],
    ["applied", 2, false],
  ]);
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
  assert.deepEqual([pulled(tablet).size, tablet.register.household(lost.id)!.data.phone], [3, "2"]);
});

test("a disk that was set back without a word gets back what it lost before what it never had", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const kept = creates("household", household(hamletOf(tablet)));
  await does(tablet, kept);
  await complete(tablet);
  await world("take_snapshot");
  const lost = creates("household", household(hamletOf(tablet)));
  await does(tablet, lost);
  await complete(tablet);
  await world("set_back");
  await does(tablet, changes(tablet, "household", lost.id, { phone: "2" }));
  const { sent } = await complete(tablet);
  assert.equal(sent, 3);
  assert.deepEqual(tablet.outbox.value.map((work) => [work.outcome, work.told!.version, work.told!.replayed]), [
    ["applied", 1, true],
    ["applied", 1, false],
    ["applied", 2, false],
  ]);
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
});

test("another hamlet makes a new first sync, which loses nothing and forgets what is gone", async () => {
  const [home] = await world<string[]>("homes", { count: 3 });
  const [foreign] = await world<string[]>("homes", { count: 1, hamlet: 4 });
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, changes(tablet, "household", home!, { phone: "5" }));
  await world("grant", { hamlet: 4 });
  const { sent, pulled: brought } = await complete(tablet);
  assert.deepEqual([sent, brought >= 12], [1, true]);
  assert.deepEqual(outcomesOf(tablet), ["applied"]);
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
  assert.ok(tablet.register.household(foreign!));
  await does(tablet, changes(tablet, "household", foreign!, { phone: "4" }));
  await world("end_grant", { hamlet: 4 });
  await complete(tablet);
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
  assert.equal(tablet.register.kept(foreign!), null);
  assert.deepEqual(outcomesOf(tablet), ["applied", "held"], "for a person of there to decide");
});

test("work is let go only when it was pulled and is in a verified backup", async () => {
  let tablet = await newTablet();
  await complete(tablet);
  const home = creates("household", household(hamletOf(tablet)));
  await does(tablet, home, changes(tablet, "household", home.id, { phone: "2" }));
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["applied", "applied"]);
  await world("back_up");
  tablet = await restarted(tablet);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), []);
  assert.equal(tablet.register.household(home.id)!.data.phone, "2");
  await does(tablet, changes(tablet, "household", home.id, { phone: "3" }));
  assert.deepEqual(tablet.outbox.value.map((work) => [work.seq, work.base_version]), [[3, 2]]);
  await complete(tablet);
  assert.equal(tablet.outbox.value[0]!.told!.version, 3);
});

test("a tablet enrolled after the backup asks for a new code, and sends what it kept", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, creates("household", household(hamletOf(tablet))));
  await world("forget_tablet", { device_id: tablet.opened.profile.device_id });
  assert.deepEqual(await sync(tablet), { ended: "not_enrolled" });
  assert.deepEqual(outcomesOf(tablet), [null]);
  await enrolled(tablet.opened, tablet.line);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["applied"]);
});

test("a revoked tablet is told so, and keeps its work until it is wiped", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, creates("household", household(hamletOf(tablet))));
  await world("revoke", { device_id: tablet.opened.profile.device_id });
  assert.deepEqual(await sync(tablet), { ended: "revoked" });
  assert.deepEqual(outcomesOf(tablet), [null]);
});

test("who is signed out types the password again, and nothing left the outbox", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, creates("household", household(hamletOf(tablet))));
  await world("sign_everybody_out");
  assert.deepEqual(await sync(tablet), { ended: "signed_out" });
  const { username, device_id } = tablet.opened.profile;
  await assert.rejects(tablet.line.signIn(username, "sai rồi", device_id), (error) => error instanceof Refused && error.slug === "not-signed-in");
  assert.deepEqual(outcomesOf(tablet), [null]);
  await tablet.line.signIn(username, PASSWORD, device_id);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["applied"]);
});

test("a refresh whose answer is lost signs nobody out, however much later it is sent again", async () => {
  let tablet = await newTablet();
  await complete(tablet);
  tablet = await restarted(tablet);
  await onLine(tablet, () => world("cut", { after: 0, way: "down" }));
  assert.equal((await sync(tablet)).ended, "unreachable");
  tablet = await restarted(tablet);
  await world("expire");
  await complete(tablet);
});

test("a code that is wrong is refused in the server's words, and one sent twice is one enrolment", async () => {
  const tablet = await newTablet();
  await assert.rejects(enrol(tablet.opened, tablet.line, "ABCDEFGHJK", "x"), (error) => {
    assert.ok(error instanceof Refused);
    assert.match(error.problem.errors![0]!.details!.vi, /Mã đăng ký/);
    return error.status === 422;
  });
  const { code } = await world<{ code: string }>("code", { username: "xom-3" });
  const first = await enrol(tablet.opened, tablet.line, code, "Máy xóm 3");
  assert.deepEqual(await enrol(tablet.opened, tablet.line, code, "Máy xóm 3"), first);
  assert.deepEqual(first.areas, ["Xóm 3"]);
});
