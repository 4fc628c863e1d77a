// What leaves a tablet that is broken, lost or revoked: nothing that was not sent, and nothing to whom it does not belong.

import assert from "node:assert/strict";
import { test } from "node:test";

import { openDB } from "idb";

import { created, edited, fullFor, newProfile, spoilt, told } from "./opened.ts";
import { DiskFull, profileDatabase } from "../../src/disk/database.ts";
import { changeEntry, entry } from "../../src/disk/directory.ts";
import { loadDrafts, saveDraft } from "../../src/disk/drafts.ts";
import { fileContent, keepFile, keptFiles, letFileGo } from "../../src/disk/files.ts";
import { addWork, heardEpoch, letGo, loadOutbox, markPulled, markWork, outboxNow, sealWork } from "../../src/disk/outbox.ts";
import { askToPersist, room } from "../../src/disk/room.ts";
import { storeChanges } from "../../src/disk/pages.ts";
import { setSetting } from "../../src/disk/settings.ts";
import { lock, makeProfile, NotOpened, type Opened, profiles, unlock, unlockWithPassword, wipe } from "../../src/disk/vault.ts";
import { exportOutbox, importOutbox, leftBehind, OfAnotherAccount, type PartlyDamaged, readExport, takeLeftBehind } from "../../src/disk/ways_out.ts";
import { finishWipes } from "../../src/disk/wipe.ts";
import { Register } from "../../src/register/register.ts";
import type { Work } from "../../src/work.ts";

const SECRET = "một câu dài để mở tệp";
const PIN = "135790";
const photo = (text = "ảnh") => new Blob([text], { type: "image/jpeg" });
const content = ({ outcome: _o, told: _t, epoch: _e, pulled: _p, sealed: _s, shared: _h, ...said }: Work) => said;

test("a photo is kept once, under its hash, sealed, until it is let go", async () => {
  const opened = await newProfile();
  const said = await keepFile(opened, photo("hello\n"), "house");
  assert.deepEqual(said, { sha256: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03", size: 6, media_type: "image/jpeg", purpose: "house" });
  await keepFile(opened, photo("hello\n"), "house");
  const other = await keepFile(opened, photo("khác"), "sign");
  assert.deepEqual(await keptFiles(opened), [said, other]);
  assert.equal(new TextDecoder().decode((await fileContent(opened, said.sha256))!), "hello\n");
  const row = (await opened.db.get("files", said.sha256))!;
  assert.ok(!Buffer.from(row.content.bytes).toString().includes("hello"));
  await opened.db.put("files", { ...row, content: spoilt(row.content) }, said.sha256);
  assert.equal(await fileContent(opened, said.sha256), null);
  await letFileGo(opened, said.sha256);
  assert.deepEqual(await keptFiles(opened), [other]);
});

/** What the browser says of its room. */
async function withRoom<T>(told: { usage: number; quota: number; persisted: boolean; grants?: boolean }, work: () => Promise<T>): Promise<T> {
  const storage = { estimate: async () => told, persisted: async () => told.persisted, persist: async () => told.grants ?? false };
  Object.defineProperty(navigator, "storage", { value: storage, configurable: true });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(navigator, "storage");
  }
}

test("the browser is asked to keep what is here, and told of is what it promises", async () => {
  assert.deepEqual([await room(), await askToPersist()], [{ used: null, quota: null, persisted: false }, false]);
  const told = { usage: 5, quota: 9, persisted: false, grants: true };
  assert.deepEqual(await withRoom(told, room), { used: 5, quota: 9, persisted: false });
  const madeUp = { usage: 5, quota: 5 + 10 * 2 ** 30, persisted: false };
  assert.deepEqual(await withRoom(madeUp, room), { used: 5, quota: null, persisted: false });
  assert.equal(await withRoom(told, askToPersist), true);
  assert.equal(await withRoom({ ...told, grants: false }, askToPersist), false);
  assert.equal(await withRoom({ ...told, persisted: true, grants: false }, askToPersist), true);
});

for (const what of ["the photos", "nothing at all"] as const) {
  test(`a tablet that has room for ${what === "the photos" ? "the work only" : what} says that it is full`, async () => {
    const [broken, other] = [await newProfile(), await newProfile()];
    await addWork(broken, [created()]);
    const said = await keepFile(broken, photo(), "house");
    const file = await exportOutbox(broken, SECRET);
    const whole = other.db;
    other.db = fullFor(whole, what === "the photos" ? ["files"] : ["files", "outbox"]);
    await assert.rejects(importOutbox(other, file, SECRET), DiskFull);
    assert.equal((await loadOutbox(other)).length, what === "the photos" ? 1 : 0);
    other.db = whole;
    assert.equal((await importOutbox(other, file, SECRET)).works, what === "the photos" ? 0 : 1);
    assert.deepEqual(await keptFiles(other), [said]);
  });
}

test("the way out is open on a full disk", async () => {
  const opened = await newProfile();
  const [home] = await addWork(opened, [created()]);
  await addWork(opened, [edited(home!.id, { phone: "1" })]);
  opened.db = fullFor(opened.db, ["outbox"]);
  const { works } = await readExport(await exportOutbox(opened, SECRET), SECRET);
  assert.deepEqual(works.map((one) => one.base_version), [null, 1]);
});

test("a file of work holds what no receipt named, with the photos, and opens with its passphrase only", async () => {
  const opened = await newProfile();
  const works = await addWork(opened, [created(), created(undefined, { note: "Nguyễn Thị Mẫu" })]);
  await markWork(opened, [told(works[0]!)], "e1", 0);
  const said = await keepFile(opened, photo(), "house");
  const file = await exportOutbox(opened, SECRET);
  assert.ok(!(await file.text()).includes("Mẫu"));
  await assert.rejects(readExport(file, "sai"), (error: unknown) => error instanceof NotOpened && error.refusal.why === "wrong");
  const read = await readExport(file, SECRET);
  assert.deepEqual([read.device_id, read.username, read.damaged], [opened.profile.device_id, "xom-3", 0]);
  assert.deepEqual(read.works.map(content), [content(works[1]!)]);
  assert.deepEqual(read.files, [said]);
});

test("another tablet of the account sends the same submissions, after what it has itself, and takes them once", async () => {
  const [broken, other] = [await newProfile(), await newProfile()];
  const done = await addWork(broken, Array.from({ length: 20 }, () => created()));
  await markWork(broken, done.slice(0, 16).map((one) => told(one)), "e1", 0);
  await addWork(broken, [edited(done[16]!.id, { phone: "1" })]);
  const said = await keepFile(broken, photo(), "house");
  const own = await addWork(other, [created(), created()]);
  const file = await exportOutbox(broken, SECRET);
  assert.equal((await importOutbox(other, file, SECRET)).works, 5);
  assert.equal((await importOutbox(other, file, SECRET)).works, 0);
  const [later] = await addWork(other, [created()]);
  assert.deepEqual(outboxNow(other).map(content), [...own, ...outboxNow(broken).slice(16), later!].map(content));
  assert.ok(later!.seq > 21, "what is done later comes later for the server too");
  assert.deepEqual(await keptFiles(other), [said]);
  assert.equal(new TextDecoder().decode((await fileContent(other, said.sha256))!), "ảnh");
  // its own tablet takes it back as what it has
  assert.equal((await importOutbox(broken, file, SECRET)).works, 0);
});

test("what was taken over survives a restart beside own work with the same seq, and both are marked by id", async () => {
  const [broken, other] = [await newProfile(), await newProfile()];
  const [theirs] = await addWork(broken, [created()]);
  const [mine] = await addWork(other, [created()]);
  assert.equal(theirs!.seq, mine!.seq);
  await importOutbox(other, await exportOutbox(broken, SECRET), SECRET);
  await markWork(other, [told(theirs!, "held", null)], "e1", 0);
  assert.deepEqual((await loadOutbox(other)).map((one) => one.outcome), [null, "held"]);
});

test("where work comes from goes along, also over a third tablet", async () => {
  const [first, second, third] = [await newProfile(), await newProfile(), await newProfile()];
  const from = async (giver: Opened, taker: Opened) => {
    await importOutbox(taker, await exportOutbox(giver, SECRET), SECRET);
    return (await loadOutbox(taker)).map((one) => one.shared);
  };
  await addWork(first, [created()]);
  const other = [{ from: first.profile.device_id, durable: false }];
  assert.deepEqual([await from(first, second), await from(second, third)], [other, other]);
});

test("shared work is let go by an answer that names it and calls it durable, and by no other tablet's mark", async () => {
  const [broken, other] = [await newProfile(), await newProfile()];
  const [theirs] = await addWork(broken, [created()]);
  await importOutbox(other, await exportOutbox(broken, SECRET), SECRET);
  await markWork(other, [told(theirs!)], "e1", 0);
  await markPulled(other);
  await markWork(other, [], "e1", 9);
  assert.equal((await letGo(other)).length, 1, "its own backups say nothing of it");
  await markWork(other, [told(theirs!)], "e1", 9, "another");
  await heardEpoch(other, "e2");
  await markWork(other, [told(theirs!)], "e2", 0);
  await markPulled(other);
  await markWork(other, [], "e2", 9);
  assert.equal((await letGo(other)).length, 1, "a restored server is asked anew");
  const own = (await sealWork(other, await addWork(other, [created()])))[0];
  await markWork(other, [told(own!)], "e2", 0);
  await markPulled(other);
  await markWork(other, [told(theirs!)], "e2", 9, "another");
  assert.deepEqual((await letGo(other)).map((one) => one.id), [own!.id], "the page of another one says nothing of what is done here");
});

test("a tablet of another account or server takes nothing", async () => {
  const [broken, other] = [await newProfile(), await newProfile("xom-4")];
  await addWork(broken, [created()]);
  const file = await exportOutbox(broken, SECRET);
  await assert.rejects(importOutbox(other, file, SECRET), OfAnotherAccount);
  assert.deepEqual(await loadOutbox(other), []);
});

test("a file that is none, is cut off or was tampered with says so", async () => {
  const opened = await newProfile();
  await addWork(opened, [created(), created()]);
  await keepFile(opened, photo(), "house");
  const file = await exportOutbox(opened, SECRET);
  for (const wrong of [new Blob([]), photo(), new Blob(["giamngheo-outbox 2\n{}\n"]), new Blob(["giamngheo-outbox 1\n{}\n"]), new Blob(["giamngheo-outbox 1\n{"]), file.slice(0, 40), file.slice(0, file.size - 1)]) {
    await assert.rejects(readExport(wrong, SECRET), SyntaxError);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  bytes[bytes.length - 1]! ^= 1;
  const read = await readExport(new Blob([bytes]), SECRET);
  assert.deepEqual([read.works.length, read.files.length, read.damaged], [2, 0, 1]);
});

test("a header that somebody has written anew is no file of work, at once: the tablet does not work at it for an hour", async () => {
  const opened = await newProfile();
  await addWork(opened, [created()]);
  const [magic, header] = (await (await exportOutbox(opened, SECRET)).text()).split("\n") as [string, string];
  const said = JSON.parse(header);
  const with_ = (change: object) => new Blob([`${magic}\n${JSON.stringify({ ...said, ...change })}\n${"x".repeat(2000)}`]);
  const wrong = [{ key: { ...said.key, iterations: 4_000_000_000 } }, { key: { ...said.key, iterations: 0 } }, { key: null },
    { pieces: [null] }, { pieces: [{ ...said.pieces[0], size: -1 }] }, { pieces: [{ ...said.pieces[0], size: "1" }] }];
  for (const change of wrong) {
    const read = readExport(with_(change), SECRET).then(() => "read", (error: Error) => error.name);
    const late = new Promise((told) => setTimeout(told, 5000, "still working").unref());
    assert.equal(await Promise.race([read, late]), "SyntaxError", JSON.stringify(change));
  }
  await assert.rejects(readExport(new Blob([`${magic}\nnull\n`]), SECRET), SyntaxError);
});

const draft = (id: string, kind = "review") => ({ id, kind, about: { household: "h" }, values: { answer: 1 }, step: null, saved_at: id });

async function used(): Promise<Opened> {
  const opened = await makeProfile({ username: "xom-3", server: "https://giamngheo.example" }, PIN, "mật khẩu");
  await storeChanges(opened, new Register(), [{ entity: "household", id: "018f7f6e-9000-7000-8000-000000000001", version: 1, op: "put", data: { hamlet_id: "a" } }], 1, { cursor: "c" });
  await setSetting(opened, "refresh_token", "t");
  return opened;
}

async function exists(opened: Opened): Promise<boolean> {
  return (await indexedDB.databases()).some((one) => one.name === profileDatabase(opened.profile.id));
}

test("a wiped profile with nothing unsent leaves nothing at all", async () => {
  const opened = await used();
  const works = await addWork(opened, [created()]);
  await markWork(opened, works.map((one) => told(one)), "e1", 0);
  await markPulled(opened);
  await wipe(opened.profile.id);
  assert.equal(await exists(opened), false);
  assert.equal(await entry(opened.profile.id), undefined);
  assert.throws(() => opened.db.transaction("outbox"), "the open tablet writes nothing any more");
});

test("a wiped profile leaves what was not sent, for the password, and nothing else", async () => {
  const opened = await used();
  const works = await addWork(opened, [created(), created()]);
  await markWork(opened, [told(works[0]!)], "e1", 0);
  const said = await keepFile(opened, photo(), "house");
  for (const one of [draft("d1"), draft("d2"), draft("n", "not_home")]) await saveDraft(opened, one);
  const { id } = opened.profile;
  lock(opened); // wiped while it is locked: nobody's secret is at hand
  await wipe(id);
  assert.ok(!(await profiles()).some((one) => one.id === id));
  const db = await openDB(profileDatabase(id));
  for (const store of ["pages", "settings", "ledger"]) assert.equal(await db.count(store), 0, store);
  db.close();
  assert.equal((await entry(id))!.pin, null);
  await assert.rejects(unlock(id, PIN), NotOpened);
  await assert.rejects(unlockWithPassword(id, "mật khẩu", PIN), NotOpened);
  const left = (await leftBehind()).find((one) => one.id === id)!;
  assert.deepEqual([left.username, left.count, left.drafts, left.files], ["xom-3", 1, 3, 1]);
  await assert.rejects(readExport(left.file, PIN), NotOpened);
  const read = await readExport(left.file, "mật khẩu");
  assert.deepEqual([read.works.map(content), read.files], [[content(works[1]!)], [said]]);

  const next = await newProfile();
  const further = { ...draft("d1"), values: { answer: 2 } };
  await saveDraft(next, further); // taken in before, and gone on with
  await assert.rejects(takeLeftBehind(await newProfile("xom-4"), id, "mật khẩu"), OfAnotherAccount);
  await assert.rejects(takeLeftBehind(next, id, "sai"), NotOpened);
  assert.deepEqual(await takeLeftBehind(next, id, "mật khẩu"), { works: 1, drafts: 1 });
  assert.deepEqual(await loadDrafts(next), [draft("d2"), further]);
  assert.deepEqual((await loadOutbox(next)).map(content), [content(works[1]!)]);
  assert.deepEqual(await keptFiles(next), [said]);
  assert.equal(await exists(opened), false);
  assert.ok(!(await leftBehind()).some((one) => one.id === id));
});

test("a form that became work here is not brought back by a file, to be sent twice", async () => {
  const [old, next] = [await used(), await newProfile()];
  await saveDraft(old, draft("d"));
  await wipe(old.profile.id);
  const { file } = (await leftBehind()).find((one) => one.id === old.profile.id)!;
  assert.deepEqual(await importOutbox(next, file, "mật khẩu"), { works: 0, drafts: 1 });
  await addWork(next, [created("d")], "d");
  assert.deepEqual([await importOutbox(next, file, "mật khẩu"), await loadDrafts(next)], [{ works: 0, drafts: 0 }, []]);
});

test("a file that a tablet makes itself leaves its forms where they are", async () => {
  const opened = await newProfile();
  await saveDraft(opened, draft("d"));
  await addWork(opened, [created()]);
  const file = await exportOutbox(opened, SECRET);
  assert.match(await file.text(), /^giamngheo-outbox 1\n/, "older builds read it");
  assert.deepEqual((await readExport(file, SECRET)).drafts, []);
});

for (const what of ["work", "photo", "form"] as const) {
  test(`one ${what} that was not sent is enough to be left`, async () => {
    const opened = await used();
    if (what === "work") await addWork(opened, [created()]);
    else if (what === "photo") await keepFile(opened, photo(), "house");
    else await saveDraft(opened, draft("d"));
    await wipe(opened.profile.id);
    const left = (await leftBehind()).find((one) => one.id === opened.profile.id);
    assert.deepEqual([left?.count, left?.files, left?.drafts], [what === "work", what === "photo", what === "form"].map(Number));
  });
}

test("what is left is not thrown away where some of it could not be read", async () => {
  const opened = await used();
  await addWork(opened, [created()]);
  const { sha256 } = await keepFile(opened, photo(), "house");
  const row = (await opened.db.get("files", sha256))!;
  await opened.db.put("files", { ...row, content: spoilt(row.content) }, sha256);
  await wipe(opened.profile.id);
  assert.equal((await takeLeftBehind(await newProfile(), opened.profile.id, "mật khẩu")).works, 1);
  assert.equal((await leftBehind()).find((one) => one.id === opened.profile.id)?.files, 1);
});

test("a wipe that was cut off is finished at the next start", async () => {
  const opened = await used();
  const { id } = opened.profile;
  lock(opened);
  await changeEntry(id, (one) => ({ ...one, pin: null, wiped_at: "2024-10-05T08:00:00Z" }));
  await finishWipes();
  assert.equal(await exists(opened), false);
  assert.equal(await entry(id), undefined);
});

test("of a file that is spoilt in part what can be read is taken, and nobody is told that all of it is here", async () => {
  const opened = await newProfile();
  await addWork(opened, [created(), created()]);
  const bytes = new Uint8Array(await (await exportOutbox(opened, SECRET)).arrayBuffer());
  bytes[bytes.length - 1]! ^= 1;
  const other = await newProfile();
  const fault = await importOutbox(other, new Blob([bytes]), SECRET).then(() => null, (error: unknown) => error as PartlyDamaged);
  assert.deepEqual([fault?.added, fault?.damaged, (await loadOutbox(other)).length], [1, 1, 1]);
});
