// Who may open what lies on the device: wrong secrets are counted before they are tried, and nothing unsent is lost.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { created, restarted } from "./opened.ts";
import { changeEntry, entry } from "../../src/disk/directory.ts";
import { loadDrafts, saveDraft } from "../../src/disk/drafts.ts";
import { inTurn } from "../../src/disk/in_turn.ts";
import { unwrap, wrap, wrappingFrom } from "../../src/disk/keys.ts";
import { addWork, loadOutbox } from "../../src/disk/outbox.ts";
import { setSetting, setting } from "../../src/disk/settings.ts";
import { changePin, FREE_TRIES, keyPlace, lock, makeProfile, MOST_TRIES, NotOpened, profiles, type Refusal, rewrapPassword, unlock, unlockWithPassword } from "../../src/disk/vault.ts";

const WHO = { username: "xom-3", server: "https://giamngheo.example" };
const PIN = "135790";
const PASSWORD = "mật khẩu của tôi";
const WRONG = "000000";

async function locked(): Promise<string> {
  const opened = await makeProfile(WHO, PIN, PASSWORD);
  await setSetting(opened, "name", "Nguyễn Thị Mẫu");
  lock(opened);
  return opened.profile.id;
}

async function refused(trying: Promise<unknown>): Promise<Refusal> {
  const error = await trying.then(() => null, (one: unknown) => one);
  assert.ok(error instanceof NotOpened, String(error));
  return error.refusal;
}

/** The clock of the tablet, in milliseconds after its start. */
async function atClock<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ["Date"], now: 1_700_000_000_000 + milliseconds });
  try {
    return await work();
  } finally {
    mock.timers.reset();
  }
}

test("the PIN and the password open, and the key cannot be read", async () => {
  const id = await locked();
  for (const open of [() => unlock(id, PIN), () => unlockWithPassword(id, PASSWORD, PIN)]) {
    const opened = await open();
    assert.equal(await setting(opened, "name"), "Nguyễn Thị Mẫu");
    assert.equal(opened.key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("raw", opened.key));
    lock(opened);
  }
  assert.ok((await profiles()).some((one) => one.id === id && one.username === "xom-3"));
});

test("who unlocks while the last work before the lock is still being written has both that and what comes next", async () => {
  const opened = await makeProfile(WHO, PIN, PASSWORD);
  await loadOutbox(opened);
  let moves: () => void = () => {};
  void inTurn(opened, "outbox", () => new Promise<void>((done) => (moves = done))); // a disk that stalls
  const before = addWork(opened, [created()]);
  lock(opened);
  const after = unlock(opened.profile.id, PIN).then(async (next) => [next, await addWork(next, [created()])] as const);
  await Promise.race([after, new Promise((passed) => setTimeout(passed, 3000))]);
  moves();
  const [next, added] = await after;
  const made = [...(await before), ...added].map((one) => one.submission_id);
  assert.deepEqual((await loadOutbox(await restarted(next))).map((one) => one.submission_id), made);
});

test("a password opens however its marks were typed", async () => {
  const id = await locked();
  lock(await unlockWithPassword(id, PASSWORD.normalize("NFD"), PIN));
});

test("every wrapping has its own salt, and enough iterations", async () => {
  const id = await locked();
  const { pin, password } = (await entry(id))!;
  assert.notDeepEqual(pin!.salt, password.salt);
  assert.notDeepEqual(pin!.bytes, password.bytes);
  assert.ok(pin!.iterations >= 600_000 && password.iterations >= 600_000);
});

test("a wrong PIN is on the disk before it is tried", async () => {
  const id = await locked();
  const trying = unlock(id, WRONG);
  const counts: number[] = [];
  for (let looks = 0; looks < 20 && counts.at(-1) !== 1; looks++) counts.push((await entry(id))!.tries.pin.count);
  assert.equal(counts.at(-1), 1, "counted while the key is still being made");
  assert.deepEqual(await refused(trying), { why: "wrong", left: MOST_TRIES - 1 });
});

test("after the free tries each costs more, and a clock that is set back shortens nothing", async () => {
  const id = await locked();
  for (let tries = 1; tries <= FREE_TRIES; tries++) {
    const refusal = await atClock(0, () => refused(unlock(id, WRONG)));
    assert.equal(refusal.why, "wrong");
    assert.equal("until" in refusal, tries === FREE_TRIES);
  }
  assert.equal((await atClock(29_000, () => refused(unlock(id, PIN)))).why, "wait");
  assert.equal((await atClock(31_000, () => refused(unlock(id, WRONG)))).why, "wrong");
  assert.equal((await atClock(31_000 + 59_000, () => refused(unlock(id, PIN)))).why, "wait");
  assert.deepEqual(await atClock(-3_600_000, () => refused(unlock(id, PIN))), { why: "wait", until: 1_700_000_000_000 - 3_600_000 + 60_000 });
  // put back, it waits once more and no longer: a clock that was wrong locks nobody out
  assert.equal((await atClock(-3_600_000 + 59_000, () => refused(unlock(id, PIN)))).why, "wait");
  lock(await atClock(-3_600_000 + 61_000, () => unlock(id, PIN)));
  assert.equal((await entry(id))!.tries.pin.count, 0);
});

test("a PIN that is wrong too often is thrown away; the password opens everything with a new one", async () => {
  const opened = await makeProfile(WHO, PIN, PASSWORD);
  const { id } = opened.profile;
  await addWork(opened, [{ entity: "household", id, base_version: null, data: { note: "x" } }]);
  lock(opened);
  const told: string[] = [];
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    told.push((await atClock(tries * 7_200_000, () => refused(unlock(id, WRONG)))).why);
  }
  assert.deepEqual(told, [...Array(MOST_TRIES - 1).fill("wrong"), "hard-locked"]);
  assert.equal((await entry(id))!.pin, null);
  assert.equal((await refused(unlock(id, PIN))).why, "hard-locked");
  const again = await unlockWithPassword(id, PASSWORD, "246802");
  assert.equal((await loadOutbox(again)).length, 1);
  lock(again);
  lock(await unlock(id, "246802"));
});

test("whoever ends the app at every try has no more of them", async () => {
  const id = await locked();
  await changeEntry(id, (one) => ({ ...one, tries: { ...one.tries, pin: { count: MOST_TRIES, since: 0, wait: 0 } } }));
  assert.equal((await refused(unlock(id, PIN))).why, "hard-locked");
  assert.equal((await entry(id))!.pin, null);
});

test("wrong passwords wait and never lock", async () => {
  const id = await locked();
  for (let tries = 0; tries < MOST_TRIES + 2; tries++) {
    const refusal = await atClock(tries * 7_200_000, () => refused(unlockWithPassword(id, "sai", PIN)));
    assert.equal(refusal.why, "wrong");
  }
  assert.equal((await atClock((MOST_TRIES + 1) * 7_200_000 + 3_500_000, () => refused(unlockWithPassword(id, PASSWORD, PIN)))).why, "wait");
  lock(await atClock((MOST_TRIES + 2) * 7_200_000, () => unlockWithPassword(id, PASSWORD, PIN)));
});

test("a new PIN and a new password replace the old ones", async () => {
  const id = await locked();
  const opened = await unlock(id, PIN);
  await changePin(opened, "987654");
  await rewrapPassword(opened, "khác");
  await changePin(opened, "876543");
  lock(opened);
  assert.equal((await refused(unlock(id, PIN))).why, "wrong");
  assert.equal((await refused(unlockWithPassword(id, PASSWORD, PIN))).why, "wrong");
  lock(await unlock(id, "876543"));
  const byPassword = await unlockWithPassword(id, "khác", "112233");
  await rewrapPassword(byPassword, "khác nữa");
  await changePin(byPassword, "332211");
  assert.equal(await setting(byPassword, "name"), "Nguyễn Thị Mẫu");
  lock(byPassword);
  lock(await unlock(id, "332211"));
  lock(await unlockWithPassword(id, "khác nữa", PIN));
});

test("a wrapping that was made with fewer iterations is made anew when it opens", async () => {
  const id = await locked();
  for (const [way, secret] of [["pin", PIN], ["password", PASSWORD]] as const) {
    const known = (await entry(id))![way]!;
    const key = await unwrap(known, await wrappingFrom(secret, known.salt, known.iterations), keyPlace(id, way), true);
    const weak = await wrap(key, await wrappingFrom(secret, undefined, 1000), keyPlace(id, way));
    await changeEntry(id, (one) => ({ ...one, [way]: weak }));
  }
  lock(await unlock(id, PIN));
  assert.ok((await entry(id))!.pin!.iterations >= 600_000);
  lock(await unlockWithPassword(id, PASSWORD, PIN));
  assert.ok((await entry(id))!.password.iterations >= 600_000);
  lock(await unlock(id, PIN));
  lock(await unlockWithPassword(id, PASSWORD, PIN));
});

test("what was asked to be saved before the tablet was locked is saved", async () => {
  const opened = await makeProfile(WHO, PIN, PASSWORD);
  const saving = [
    addWork(opened, [{ entity: "household", id: "x", base_version: null, data: {} }]),
    saveDraft(opened, { id: "d", kind: "review", about: {}, values: { a: 1 }, step: null, saved_at: "" }),
    setSetting(opened, "name", "y"),
    setSetting(opened, "name", "x"),
  ];
  lock(opened);
  await Promise.all(saving);
  await new Promise(setImmediate);
  assert.throws(() => opened.db.transaction("outbox"));
  const again = await unlock(opened.profile.id, PIN);
  assert.deepEqual([(await loadOutbox(again)).length, (await loadDrafts(again)).length, await setting(again, "name")], [1, 1, "x"]);
  lock(again);
});

test("a PIN that is too short makes nothing", async () => {
  const before = (await profiles()).length;
  await assert.rejects(makeProfile(WHO, "12345", PASSWORD), RangeError);
  assert.equal((await profiles()).length, before);
});

test("two surveyors of one tablet read nothing of each other", async () => {
  const [one, other] = [await makeProfile(WHO, PIN, PASSWORD), await makeProfile({ ...WHO, username: "xom-4" }, PIN, PASSWORD)];
  await setSetting(one, "name", "của xóm 3");
  const sealed = (await one.db.get("settings", "name"))!;
  await other.db.put("settings", sealed, "name");
  assert.equal(await setting(other, "name"), null);
  assert.notEqual(one.profile.device_id, other.profile.device_id);
  lock(one);
  lock(other);
});
