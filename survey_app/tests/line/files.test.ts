// Photos over a line that cuts: piece by piece, after the review that declares them, and let go only when they are safe.

import assert from "node:assert/strict";
import { test } from "node:test";

import { brought } from "../../src/actions/brought.ts";
import { keepFile, keptFiles } from "../../src/disk/files.ts";
import { lock, wipe } from "../../src/disk/vault.ts";
import { takeLeftBehind } from "../../src/disk/ways_out.ts";
import { uuid7 } from "../../src/ids.ts";
import { Unreachable } from "../../src/line/line.ts";
import { sendFiles } from "../../src/line/files.ts";
import type { Tablet } from "../../src/tablet.ts";
import type { Data, Info } from "../../src/wire.ts";
import { complete, creates, does, newTablet, onLine, outcomesOf, PASSWORD, pulled, sync, world } from "./world.ts";

const ANSWERS = { wall_durable: true, column_durable: true, roof_durable: true, floor_area: 60, water_source: "other", toilet: "none", internet_used: true, shared_device: true, personal_device: true };

function photo(size: number): Blob {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  bytes.set([0xff, 0xd8, 0xff, 0xe0]);
  return new Blob([bytes], { type: "image/jpeg" });
}

async function reviewed(tablet: Tablet, size: number): Promise<{ review: string; sha256: string }> {
  const { home, round } = await world<{ home: string; round: string }>("home_in_round");
  const said = await keepFile(tablet.opened, photo(size), "house");
  const data: Data = { household_id: home, round_id: round, form: { code: "form-b", version: 1 }, surveyed_on: "2024-09-20", paper_no: "B-1", b1_entered: 120, answers: ANSWERS, attachments: [said] };
  const review = creates("review", data);
  await does(tablet, review);
  return { review: review.id, sha256: said.sha256 };
}

const infoOf = async (tablet: Tablet): Promise<Info> => (await tablet.line.call("GET", "/sync/v1/info")).json();

test("a photo goes over a line that cuts in every piece, and the review does not wait for it", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const { review } = await reviewed(tablet, 1_300_000);
  let puts = 0;
  await onLine(tablet, async () => {
    // what comes before the photo goes well; then every third request is lost half-way
    if (outcomesOf(tablet)[0] !== null && puts++ % 3 === 1) await world("cut", { after: 150_000 + 40_000 * puts, way: puts % 2 === 0 ? "up" : "down" });
  });
  for (let round = 0; round < 10 && (await sync(tablet)).ended !== "complete"; round++);
  assert.deepEqual(outcomesOf(tablet), ["applied"]);
  await onLine(tablet);
  await complete(tablet);
  const [, , data] = pulled(tablet).get(review)!;
  assert.deepEqual([data.attachments_present, data.attachments_declared], [1, 1]);
  assert.equal((await keptFiles(tablet.opened)).length, 1, "no backup of the server has it yet");
});

test("a photo whose review is not there waits, and what the server has is not asked about all the time", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const lonely = await keepFile(tablet.opened, photo(5000), "house");
  const info = await infoOf(tablet);
  assert.deepEqual(await sendFiles(tablet, info, () => undefined), [{ sha256: lonely.sha256, state: "waiting", problem: null }]);
  const { sha256 } = await reviewed(tablet, 5000);
  await complete(tablet);
  const told = await sendFiles(tablet, info, () => undefined);
  assert.deepEqual(told.map((one) => [one.sha256, one.state]), [[lonely.sha256, "waiting"]]);
  assert.deepEqual((await keptFiles(tablet.opened)).map((one) => one.sha256).sort(), [lonely.sha256, sha256].sort());
  // another epoch of the server: everything is asked about again
  const again = await sendFiles(tablet, { ...info, epoch: "another" }, () => undefined);
  assert.deepEqual(new Set(again.map((one) => one.state)), new Set(["waiting", "complete"]));
});

/** Kept an hour ago. */
async function keptEarlier<T>(work: () => Promise<T>): Promise<T> {
  const real = Date.now;
  Date.now = () => real() - 3_600_000;
  return work().finally(() => (Date.now = real));
}

test("a photo that no form came to name goes; one whose review was let go of long before is still sent", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const orphan = await keptEarlier(() => keepFile(tablet.opened, photo(5000), "house"));
  const { review, sha256 } = await keptEarlier(() => reviewed(tablet, 5000));
  const call = tablet.line.call.bind(tablet.line);
  tablet.line.call = (method, path, more) => (path.includes("attachments") ? Promise.reject(new Unreachable("no photo passes")) : call(method, path, more));
  await sync(tablet);
  await world("back_up");
  await sync(tablet);
  assert.deepEqual([outcomesOf(tablet), (await keptFiles(tablet.opened)).length], [[], 2], "the review is let go of, its photo is here");
  tablet.line.call = call;
  await complete(tablet);
  assert.deepEqual((await keptFiles(tablet.opened)).map((one) => one.sha256), [sha256]);
  assert.notEqual(orphan.sha256, sha256);
  await complete(tablet);
  assert.equal(pulled(tablet).get(review)![2].attachments_present, 1);
});

test("what the server holds or has refused, and its photo, come back to a tablet that was revoked and enrolled again", async () => {
  const tablet = await newTablet();
  await complete(tablet);
  const { round } = await world<{ round: string }>("home_in_round");
  const home = uuid7();
  const said = await keptEarlier(() => keepFile(tablet.opened, photo(5000), "house"));
  const data: Data = { household_id: home, round_id: round, form: { code: "form-b", version: 1 }, surveyed_on: "2024-09-20", paper_no: "B-1", b1_entered: 120, answers: ANSWERS, attachments: [said] };
  const refused = creates("request", { household_id: "nowhere", kind: "review", received_on: "2024-09-20" });
  await does(tablet, creates("review", data), refused);
  await complete(tablet);
  assert.deepEqual(outcomesOf(tablet), ["held", "rejected"]);
  lock(tablet.opened);
  await wipe(tablet.opened.profile.id);
  const again = await newTablet();
  await complete(again);
  await keptEarlier(() => takeLeftBehind(again.opened, tablet.opened.profile.id, PASSWORD));
  await brought(again);
  await complete(again);
  assert.deepEqual((await keptFiles(again.opened)).map((one) => one.sha256), [said.sha256]);
  assert.deepEqual(outcomesOf(again), ["held", "rejected"], "what is to be put right is seen again");
});
