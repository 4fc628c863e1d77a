// A day in the field: a first sync that breaks off, work without a line, and a way home over a line that cuts everywhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { type Call, Refused, Unreachable } from "../../src/line/line.ts";
import type { SyncProgress } from "../../src/line/synchronise.ts";
import type { Tablet } from "../../src/tablet.ts";
import { changes, complete, creates, does, household, member, newTablet, onLine, outcomesOf, pulled, restarted, sync, world } from "./world.ts";

/** The same luck every time. */
function luck(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

/** Before most requests the line is cut at some byte, on the way there or back. */
function cutting(seed: number, most: number): () => Promise<void> {
  const next = luck(seed);
  return async () => {
    if (next(3) > 0) await world("cut", { after: next(most), way: next(2) === 0 ? "up" : "down" });
  };
}

async function same(tablet: Tablet): Promise<void> {
  assert.deepEqual(Object.fromEntries(pulled(tablet)), await world("register"));
}

/** Every piece of work arrived once, and has one outcome. */
async function onceEach(tablet: Tablet): Promise<void> {
  const there = await world<[string, number, string][]>("submissions", { device_id: tablet.opened.profile.device_id });
  const here = tablet.outbox.value.map((work) => [work.submission_id, work.seq, work.outcome]);
  assert.deepEqual(here, there);
}

const hamletOf = (tablet: Tablet): string => tablet.reference.value!.areas.find((area) => area.code === "14080-03")!.id;

test("a first sync tells how far it is, goes on where it was cut, and brings everything", async () => {
  await world("homes", { count: 400 });
  let tablet = await newTablet();
  const told: SyncProgress[] = [];
  await onLine(tablet, cutting(3, 60_000));
  let requests = 0;
  const breaking = cutting(5, 30_000);
  await onLine(tablet, async () => {
    if (++requests > 5) throw new TypeError("no line");
    await breaking();
  });
  assert.equal((await sync(tablet)).ended, "unreachable");
  tablet = await restarted(tablet);
  await onLine(tablet, cutting(7, 60_000));
  const half = pulled(tablet).size;
  tablet.syncing.subscribe((now) => now !== null && told.push(now));
  const result = await sync(tablet);
  assert.equal(result.ended, "complete", JSON.stringify(result));
  const steps = told.filter((now) => now.step === "pull" && now.all !== null);
  assert.deepEqual(steps.at(-1), { step: "pull", done: 1200, all: 1200 });
  assert.ok(steps.every((now, at) => at === 0 || now.done >= steps[at - 1]!.done));
  assert.ok(half < 1200);
  assert.equal(pulled(tablet).size, 1200);
  await same(tablet);
  assert.equal(tablet.syncing.value, null);
  assert.ok(tablet.completeAt.value);
});

test("forty pieces of work over a line that cuts everywhere arrive once each", async () => {
  const homes = await world<string[]>("homes", { count: 20 });
  let tablet = await newTablet();
  await complete(tablet);
  const hamlet = hamletOf(tablet);
  for (const [at, home] of homes.entries()) {
    const made = creates("household", household(hamlet, { note: "mới" }));
    const person = creates("member", member(made.id));
    await does(tablet, made, person, changes(tablet, "household", made.id, { head_member_id: person.id }));
    await does(tablet, changes(tablet, "household", home, { phone: `1${at}` }));
    await does(tablet, changes(tablet, "household", home, { note: "hai lần" }));
    if (at === 10) {
      await onLine(tablet, cutting(11, 4000));
      await sync(tablet);
      tablet = await restarted(tablet);
    }
  }
  assert.equal(tablet.outbox.value.length, 100);
  for (let round = 0; round < 12; round++) {
    await onLine(tablet, cutting(13 + round, 4000));
    await sync(tablet);
  }
  await onLine(tablet);
  await complete(tablet);
  assert.deepEqual(new Set(outcomesOf(tablet)), new Set(["applied"]));
  await onceEach(tablet);
  await same(tablet);
  for (const [at, home] of homes.entries()) {
    const [, version, data] = pulled(tablet).get(home)!;
    assert.deepEqual([version, data.phone, data.note], [3, `1${at}`, "hai lần"]);
  }
  assert.deepEqual(await complete(tablet).then(({ sent, pulled }) => [sent, pulled]), [0, 0]);
});

test("what is done while the app synchronises is neither lost nor shown twice", async () => {
  const [home] = await world<string[]>("homes", { count: 1 });
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, changes(tablet, "household", home!, { phone: "1" }));
  let written = 0;
  await onLine(tablet, async () => {
    if (written < 5) await does(tablet, changes(tablet, "household", home!, { note: `khi đang gửi ${++written}` }));
  });
  await complete(tablet);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), Array(6).fill("applied"));
  // never on what an earlier change has become: nobody here has seen what else stands in that version
  assert.deepEqual(tablet.outbox.value.map((work) => work.base_version), Array(6).fill(1));
  await onceEach(tablet);
  assert.equal(tablet.register.household(home!)!.data.note, "khi đang gửi 5");
});

test("one synchronisation at a time, and the lock ends it", async () => {
  await world("homes", { count: 3 });
  const tablet = await newTablet();
  const [one, two] = await Promise.all([sync(tablet), sync(tablet)]);
  assert.equal(one, two);
  await onLine(tablet, async () => tablet.ending.abort());
  assert.deepEqual(await sync(tablet), { ended: "unreachable", retryAfter: 0 });
  const again = await restarted(tablet);
  await complete(again);
  await same(again);
});

test("the officer of the fleet sees how much waits, and which app it is", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const hamlet = hamletOf(tablet);
  await does(tablet, creates("household", household(hamlet)), creates("household", household(hamlet)));
  let requests = 0;
  await onLine(tablet, async () => {
    // the refresh, what the server says of itself, the reference, a pull: then the line is gone
    if (++requests > 4) throw new TypeError("no line");
  });
  assert.equal((await sync(tablet)).ended, "unreachable");
  const seen = await world<{ pending: number; app_version: string }>("fleet", { device_id: tablet.opened.profile.device_id });
  assert.deepEqual([seen.pending, seen.app_version], [2, "survey-app"]);
  await onLine(tablet);
  await complete(tablet);
  const later = await world<{ pending: number; last_seq: number }>("fleet", { device_id: tablet.opened.profile.device_id });
  assert.deepEqual([later.pending, later.last_seq], [0, 2]);
});

test("a page of a Wi-Fi instead of a receipt marks nothing", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, creates("household", household(hamletOf(tablet))));
  const page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>Dang nhap</html>";
  await onLine(tablet, () => world("garble", { text: page }));
  assert.equal((await sync(tablet)).ended, "unreachable");
  assert.deepEqual(outcomesOf(tablet), [null]);
  await onLine(tablet);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["applied"]);
});

/** Some calls do not get through; the path of every one. */
function losing(tablet: Tablet, lost: (path: string, call: Call) => Error | null): string[] {
  const call = tablet.line.call.bind(tablet.line);
  const paths: string[] = [];
  tablet.line.call = async (method, path, more = {}) => {
    const error = lost(path, more);
    if (error !== null) throw error;
    paths.push(path);
    return call(method, path, more);
  };
  return paths;
}

const sizeOf = ({ body }: Call): number => (body instanceof ArrayBuffer ? body.byteLength : 0);

test("a line that breaks in every large page and batch carries small ones", async () => {
  await world("homes", { count: 60 });
  const tablet = await newTablet();
  const paths = losing(tablet, (path, call) => {
    const large = (path.endsWith("/changes") && Number(call.query!.limit) > 40) || (path.endsWith("/batches") && sizeOf(call) > 2500);
    return large ? new Unreachable("mất sóng") : null;
  });
  assert.equal((await complete(tablet)).pulled, 180);
  const hamlet = hamletOf(tablet);
  await does(tablet, ...Array.from({ length: 100 }, (_, n) => creates("household", household(hamlet, { note: `Nhà số ${n}` }))));
  paths.length = 0;
  await complete(tablet);
  assert.deepEqual(new Set(outcomesOf(tablet)), new Set(["applied"]));
  assert.equal(paths.filter((path) => path.endsWith("/batches")).length, 2);
  await onceEach(tablet);
});

test("what the server does not take even alone keeps nothing else back, and stays", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const hamlet = hamletOf(tablet);
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(1500)), (byte) => byte.toString(16)).join("").slice(0, 2000);
  const large = creates("household", household(hamlet, { note: noise }));
  await does(tablet, creates("household", household(hamlet)), large, changes(tablet, "household", large.id, { phone: "1" }), creates("household", household(hamlet)));
  losing(tablet, (path, call) => (path.endsWith("/batches") && sizeOf(call) > 1300 ? new Refused(413, { type: "/problems/too-large", title: "Nội dung gửi lên quá lớn", status: 413 }) : null));
  assert.deepEqual(await sync(tablet), { ended: "refused", vi: "Nội dung gửi lên quá lớn", en: "Nội dung gửi lên quá lớn" });
  assert.deepEqual(outcomesOf(tablet), ["applied", null, null, "applied"]);
  assert.equal(pulled(tablet).size, 2, "the rest of the synchronisation was done");
});

test("a refusal of the feed does not keep the work on the tablet", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, creates("household", household(hamletOf(tablet))));
  losing(tablet, (path) => (path.endsWith("/changes") ? new Refused(500, { type: "/problems/internal-error", title: "x", details: { vi: "Lỗi", en: "Bug" }, status: 500 }) : null));
  assert.deepEqual(await sync(tablet), { ended: "refused", vi: "Lỗi", en: "Bug" });
  assert.deepEqual(outcomesOf(tablet), ["applied"]);
});

test("the reference data travel again only when they have changed", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const held = tablet.reference.value;
  const again = await restarted(tablet);
  assert.deepEqual(again.reference.value, held);
  const before = again.reference.value;
  await complete(again);
  assert.equal(again.reference.value, before);
  await world("home_in_round");
  await complete(again);
  assert.notDeepEqual(again.reference.value!.rounds, held!.rounds);
  assert.equal(again.reference.value!.rounds.length, 1);
});

test("what was refused is asked for again with every synchronisation, also where something is sent", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const asked = (path: string) => path === "/sync/v1/submissions";
  const sends = async (residence: string) => {
    await does(tablet, creates("household", household(hamletOf(tablet), { residence })));
    const paths = losing(tablet, () => null);
    assert.equal((await complete(tablet)).sent, 1);
    return paths.filter(asked).length;
  };
  assert.equal(await sends("permanent"), 0);
  assert.equal(await sends("x"), 1);
  assert.equal(await sends("permanent"), 1);
  assert.deepEqual(outcomesOf(tablet), ["applied", "rejected", "applied"]);
});

test("where nothing is new a synchronisation asks little, and draws nothing again", async () => {
  await world("homes", { count: 2 });
  const tablet = await newTablet();
  await complete(tablet);
  await does(tablet, creates("household", household(hamletOf(tablet))));
  await complete(tablet);
  await complete(tablet);
  const paths = losing(tablet, () => null);
  const [outbox, revision] = [tablet.outbox.value, tablet.revision.value];
  await complete(tablet);
  assert.deepEqual(paths, ["info", "reference", "changes", "submissions"].map((name) => `/sync/v1/${name}`));
  assert.equal(tablet.outbox.value, outbox);
  assert.equal(tablet.revision.value, revision);
});
