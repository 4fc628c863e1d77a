// The outbox on the disk: the rules of mobile_sync/tablet_storage.py, one by one. outbox_histories.test.ts mixes them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { created, edited, fullFor, newProfile, restarted, spoilt, told } from "./opened.ts";
import { DiskFull } from "../../src/disk/database.ts";
import { loadDrafts, saveDraft, type Draft } from "../../src/disk/drafts.ts";
import { addWork, damagedWork, heardEpoch, letGo, loadOutbox, markPulled, markWork, outboxNow, sealWork } from "../../src/disk/outbox.ts";
import type { Opened } from "../../src/disk/vault.ts";
import { isUnsent, madeOn, type Work } from "../../src/work.ts";

const draft = (id: string): Draft => ({ id, kind: "review", about: {}, values: { a: 1 }, step: null, saved_at: "2024-10-05T08:00:00+07:00" });

/** Work that is in force, in a verified backup, and in the records. */
async function safe(opened: Opened, works: Work[], epoch = "e1"): Promise<void> {
  await sealWork(opened, works);
  await markWork(opened, works.map((one) => told(one)), epoch, Math.max(...works.map((one) => one.seq)));
  await markPulled(opened);
}

test("work is on the disk when it is told, as it was, in order", async () => {
  const opened = await newProfile();
  const [one, two] = await addWork(opened, [created(), created()]);
  const [three] = await addWork(opened, [edited(one!.id, { phone: "1" })]);
  const again = await loadOutbox(await restarted(opened));
  assert.deepEqual(again, [one, two, three]);
  assert.deepEqual(again.map((work) => [work.seq, work.sealed, work.outcome]), [[1, false, null], [2, false, null], [3, false, null]]);
});

test("a form that goes on changing does not change what was saved", async () => {
  const opened = await newProfile();
  const data: Record<string, unknown> = { phone: "1", left: undefined };
  const [work] = await addWork(opened, [created(undefined, data)]);
  data.phone = "2";
  assert.deepEqual(work!.data, { phone: "1" });
});

test("no seq is used twice, also after all was let go and the tablet was switched off", async () => {
  let opened = await newProfile();
  await safe(opened, await addWork(opened, [created(), created()]));
  assert.deepEqual(await letGo(opened), []);
  opened = await restarted(opened);
  const [work] = await addWork(opened, [created()]);
  assert.equal(work!.seq, 3);
});

test("a ledger that the disk has spoilt lowers no seq and makes all work due again", async () => {
  let opened = await newProfile();
  const works = await addWork(opened, [created(), created()]);
  await markWork(opened, works.map((one) => told(one)), "e1", 0);
  await opened.db.put("ledger", spoilt((await opened.db.get("ledger", "outbox"))!), "outbox");
  opened = await restarted(opened);
  await loadOutbox(opened);
  assert.ok((await heardEpoch(opened, "e1")).every(isUnsent));
  await safe(opened, works);
  assert.deepEqual(await letGo(opened), []);
  await opened.db.put("ledger", spoilt((await opened.db.get("ledger", "outbox"))!), "outbox");
  opened = await restarted(opened);
  assert.ok((await addWork(opened, [created()]))[0]!.seq > 2);
});

test("a draft goes with the work it became, and gives it once", async () => {
  let opened = await newProfile();
  await saveDraft(opened, draft("d"));
  const [work] = await addWork(opened, [created()], "d");
  assert.deepEqual(await loadDrafts(opened), []);
  assert.deepEqual(await addWork(opened, [created()], "d"), [work]);
  const twice = await Promise.all([addWork(opened, [created()], "e"), addWork(opened, [created()], "e")]);
  assert.deepEqual(twice[0], twice[1]);
  opened = await restarted(opened);
  assert.deepEqual(await addWork(opened, [created()], "d"), [work]);
  assert.equal(outboxNow(opened).length, 2);
});

test("an answer that is saved after the form was sent does not bring the draft back", async () => {
  const opened = await newProfile();
  await saveDraft(opened, draft("d"));
  await Promise.all([addWork(opened, [created()], "d"), saveDraft(opened, draft("d"))]);
  await saveDraft(opened, draft("d"));
  assert.deepEqual(await loadDrafts(opened), []);
});

test("what was sealed is sent as it is, whatever becomes known later", async () => {
  const opened = await newProfile();
  const [first] = await addWork(opened, [created()]);
  await addWork(opened, [edited(first!.id, { phone: "1" }), edited(first!.id, { phone: "2" })]);
  await markWork(opened, [told(first!, "merged", 4)], "e1", 0);
  const [, second, third] = outboxNow(opened);
  const [sealed] = await sealWork(opened, [second!]);
  assert.deepEqual([sealed!.base_version, sealed!.sealed], [4, true]);
  await markWork(opened, [told(first!, "merged", 9)], "e1", 0);
  const [again] = await sealWork(opened, [{ ...second!, base_version: 9 }]);
  assert.equal(again!.base_version, 4);
  assert.equal(madeOn(third!, outboxNow(opened)), 9);
});

test("a base counts only what is in force before it", async () => {
  const opened = await newProfile();
  const [first, second, third] = await addWork(opened, [created("00000000-0000-7000-8000-000000000001"), edited("00000000-0000-7000-8000-000000000001", {}), edited("00000000-0000-7000-8000-000000000001", {})]);
  await markWork(opened, [told(first!, "applied", 3), told(second!, "rejected", 8), told(third!, "applied", 7)], "e1", 0);
  const outbox = outboxNow(opened);
  assert.deepEqual(outbox.map((one) => madeOn(one, outbox)), [null, 3, 3]);
});

test("what an earlier change became is no base: others' changes lie in it unseen", async () => {
  const opened = await newProfile();
  const [first] = await addWork(opened, [edited("00000000-0000-7000-8000-000000000001", { note: "a" }), edited("00000000-0000-7000-8000-000000000001", { phone: "5" })]);
  await markWork(opened, [told(first!, "merged", 9)], "e1", 0);
  const outbox = outboxNow(opened);
  assert.equal(madeOn(outbox[1]!, outbox), first!.base_version);
});

test("marked is what a receipt names, and nothing else", async () => {
  const opened = await newProfile();
  const [one, two] = await addWork(opened, [created(), created()]);
  const stranger = told({ ...one!, submission_id: "x" });
  const all = await markWork(opened, [told(two!, "held", null), stranger], "e1", 0);
  assert.deepEqual(all.map((work) => work.outcome), [null, "held"]);
  assert.deepEqual(await loadOutbox(await restarted(opened)), all);
});

test("work saved while a receipt is marked is in both answers", async () => {
  const opened = await newProfile();
  const [one] = await addWork(opened, [created()]);
  const [marked, added] = await Promise.all([markWork(opened, [told(one!)], "e1", 0), addWork(opened, [created()])]);
  assert.equal(marked[0]!.outcome, "applied");
  assert.deepEqual(outboxNow(opened), [marked[0], added[0]]);
});

test("another epoch makes everything kept due again, whatever it was, and the newest durable mark counts", async () => {
  const opened = await newProfile();
  const works = await addWork(opened, [created(), created(), created()]);
  await safe(opened, works.slice(0, 2));
  await markWork(opened, [told(works[2]!, "rejected", null)], "e1", 3);
  const due = await heardEpoch(opened, "e2");
  assert.deepEqual(due.map((one) => [one.outcome, one.pulled, one.told!.outcome]), [[null, false, "applied"], [null, false, "applied"], [null, false, "rejected"]]);
  await markPulled(opened);
  assert.equal((await letGo(opened)).length, 3);
  // the restored server calls seq 1 to 3 durable and has named only the second
  await markWork(opened, [told(works[1]!)], "e2", 3);
  await markPulled(opened);
  assert.deepEqual((await letGo(opened)).map((one) => one.seq), [1, 3]);
});

test("a receipt of another epoch makes due what it does not name", async () => {
  const opened = await newProfile();
  const works = await addWork(opened, [created(), created()]);
  await safe(opened, works);
  const all = await markWork(opened, [told(works[0]!)], "e2", 9);
  assert.deepEqual(all.map((one) => one.outcome), ["applied", null]);
  assert.equal((await letGo(opened)).length, 2);
});

test("the same epoch again changes nothing", async () => {
  const opened = await newProfile();
  await safe(opened, await addWork(opened, [created()]));
  const before = outboxNow(opened);
  assert.deepEqual(await heardEpoch(opened, "e1"), before);
  assert.deepEqual(await markPulled(opened), before);
});

test("a server that was set back is offered everything again in the same epoch", async () => {
  const opened = await newProfile();
  const works = await addWork(opened, [created(), created()]);
  await safe(opened, works);
  assert.ok((await heardEpoch(opened, "doubt")).every((one) => isUnsent(one) && !one.pulled));
  await markPulled(opened);
  assert.equal((await letGo(opened)).length, 2);
  await safe(opened, works);
  assert.deepEqual(await letGo(opened), []);
});

test("kept is what is not in force, not durable, not pulled, or needed by later work", async () => {
  const opened = await newProfile();
  const works = await addWork(opened, [created(), created(), created(), created(), created()]);
  await sealWork(opened, works);
  await markWork(opened, [told(works[0]!), told(works[1]!, "conflict"), told(works[2]!, "merged", 2), told(works[3]!)], "e1", 3);
  assert.equal((await letGo(opened)).length, 5, "nothing before a pull");
  await markPulled(opened);
  const [later] = await addWork(opened, [edited(works[2]!.id, {})]);
  assert.deepEqual((await letGo(opened)).map((one) => one.seq), [2, 3, 4, 5, 6]);
  await sealWork(opened, [later!]);
  assert.deepEqual((await letGo(opened)).map((one) => one.seq), [2, 4, 5, 6]);
  await markWork(opened, [], "e1", 0);
  assert.equal((await letGo(opened)).length, 4, "the mark may fall");
});

test("what became of it after a pull has to be pulled once more", async () => {
  const opened = await newProfile();
  const [work] = await addWork(opened, [created()]);
  await safe(opened, [work!]);
  await markWork(opened, [told(work!, "merged", 2)], "e1", 5);
  assert.equal((await letGo(opened)).length, 1);
});

test("a row that the disk has spoilt takes no other with it, and is not thrown away", async () => {
  let opened = await newProfile();
  await addWork(opened, [created(), created(), created()]);
  const row = (await opened.db.get("outbox", 2))!;
  await opened.db.put("outbox", { ...row, work: spoilt(row.work) }, 2);
  opened = await restarted(opened);
  assert.deepEqual((await loadOutbox(opened)).map((one) => one.seq), [1, 3]);
  assert.equal(damagedWork(opened), 1);
  assert.equal((await addWork(opened, [created()]))[0]!.seq, 4);
  assert.equal(await opened.db.count("outbox"), 4);
});

test("a row that was moved does not pass for another", async () => {
  let opened = await newProfile();
  await addWork(opened, [created(), created()]);
  await opened.db.put("outbox", (await opened.db.get("outbox", 1))!, 2);
  opened = await restarted(opened);
  assert.deepEqual((await loadOutbox(opened)).map((one) => one.seq), [1]);
});

for (const from of ["request", "transaction"] as const) {
  test(`a full disk (told by the ${from}) says so, and everything before is as it was`, async () => {
    let opened = await newProfile();
    const whole = opened.db;
    await saveDraft(opened, draft("d"));
    const before = await addWork(opened, [created(), created()]);
    opened.db = fullFor(whole, ["outbox", "drafts"], from);
    await assert.rejects(addWork(opened, [created()], "d"), DiskFull);
    await assert.rejects(saveDraft(opened, draft("e")), DiskFull);
    assert.deepEqual(outboxNow(opened), before);
    opened.db = whole;
    assert.equal((await addWork(opened, [created()], "d"))[0]!.seq, 3);
    opened = await restarted(opened);
    assert.equal((await loadOutbox(opened)).length, 3);
    assert.deepEqual(await loadDrafts(opened), []);
  });
}

test("nothing of a household can be read on the disk", async () => {
  const opened = await newProfile();
  await addWork(opened, [created(undefined, { full_name: "Nguyễn Thị Mẫu" })]);
  await saveDraft(opened, { ...draft("d"), values: { name: "Nguyễn Thị Mẫu" } });
  for (const store of opened.db.objectStoreNames) {
    for (const value of await opened.db.getAll(store)) assert.ok(!readable(value).includes("Mẫu"), store);
  }
});

function readable(value: unknown): string {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return Buffer.from(value as ArrayBuffer).toString("utf8");
  if (typeof value === "object" && value !== null) return Object.values(value).map(readable).join(" ");
  return String(value);
}
