// The versions of the local database: an old one is brought up with everything in it, a newer one is left alone.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { test } from "node:test";

import { deleteDB, openDB } from "idb";

import { DatabaseBusy, NewerDatabase, openProfileDatabase, openSteps, profileDatabase, type Step, whenTaken } from "../../src/disk/database.ts";
import { loadDrafts } from "../../src/disk/drafts.ts";
import { fileContent } from "../../src/disk/files.ts";
import { addWork, heardEpoch, loadOutbox } from "../../src/disk/outbox.ts";
import { loadRegister, storeChanges } from "../../src/disk/pages.ts";
import { setting } from "../../src/disk/settings.ts";
import type { Opened } from "../../src/disk/vault.ts";
import type { Change } from "../../src/wire.ts";

const profile = (id: string) => ({ id, username: "xom-3", server: "https://giamngheo.example", device_id: "d" });

/** What a version of the app left on a tablet: its stores, and how it sealed; not our code of today. Version 2 has a ledger,
 * and says beside each piece of work whether it is due. */
async function leftBy(version: 1 | 2, id: string): Promise<CryptoKey> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const sealed = async (place: string, value: unknown) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value));
    return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(place) }, key, bytes as BufferSource) };
  };
  const work = (seq: number, outcome: string | null) => ({
    submission_id: `018f7f6e-8000-7000-8000-0000000000a${seq}`, seq, entity: "household", id: "018f7f6e-9000-7000-8000-000000000001",
    base_version: seq === 1 ? null : 1, recorded_at: "2024-10-05T08:00:00+07:00", data: { note: `việc ${seq}` },
    sealed: outcome !== null, outcome, told: outcome === null ? null : { outcome, version: seq }, epoch: outcome === null ? null : "e1", pulled: false,
  });
  const photo = new TextEncoder().encode("hello\n");
  const sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
  const rows = { 1: await sealed("outbox:1", work(1, "applied")), 2: await sealed("outbox:2", work(2, null)) };
  const draft = await sealed("drafts:x", { id: "x", kind: "review", about: {}, values: { b1: "có" }, step: "2", saved_at: "2024-10-05T08:00:00+07:00" });
  const record = { entity: "household", id: "018f7f6e-9000-7000-8000-000000000001", version: 1, area_id: "a", data: { hamlet_id: "a", note: "cũ" }, life: 1 };
  const file = { said: await sealed(`files:${sha256}:said`, { sha256, size: 6, media_type: "image/jpeg", purpose: "house" }), content: await sealed(`files:${sha256}:content`, photo) };
  const [cursor, page] = [await sealed("settings:cursor", "c1"), await sealed("pages:1", [record])];
  const ledger = await sealed("ledger:outbox", { next: 3, epoch: "e1", durable_through: 1 });
  const db = await openDB(`giamngheo-${id}`, version, {
    upgrade(made) {
      made.createObjectStore("settings");
      made.createObjectStore("pages");
      made.createObjectStore("outbox");
      made.createObjectStore("drafts");
      made.createObjectStore("files");
      if (version === 2) made.createObjectStore("ledger");
    },
  });
  await db.put("settings", cursor, "cursor");
  await db.put("pages", page, 1);
  await db.put("outbox", version === 1 ? rows[1] : { due: false, work: rows[1] }, 1);
  await db.put("outbox", version === 1 ? rows[2] : { due: true, work: rows[2] }, 2);
  if (version === 2) await db.put("ledger", ledger, "outbox");
  await db.put("drafts", draft, "x");
  await db.put("files", file, sha256);
  db.close();
  return key;
}

/** Records, drafts, photos and settings are there, whichever version left them; the next work has the next number. */
async function goesOn(opened: Opened): Promise<void> {
  assert.equal((await addWork(opened, [{ entity: "household", id: "x", base_version: null, data: {} }]))[0]!.seq, 3);
  assert.equal(await setting(opened, "cursor"), "c1");
  assert.equal((await loadDrafts(opened))[0]!.values.b1, "có");
  const { register } = await loadRegister(opened, () => {});
  assert.equal(register.household("018f7f6e-9000-7000-8000-000000000001")!.data.note, "cũ");
  assert.equal((await fileContent(opened, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"))!.byteLength, 6);
  // what the newest version writes has its place, and is read with the rest
  const change: Change = { entity: "household", id: "018f7f6e-9000-7000-8000-000000000001", version: 2, op: "put", area_id: "a", data: { hamlet_id: "a", note: "mới" } };
  await storeChanges(opened, register, [change], 1, { cursor: "c2" });
  const again = await loadRegister(opened, () => {});
  assert.equal(again.register.household("018f7f6e-9000-7000-8000-000000000001")!.data.note, "mới");
  assert.equal(await setting(opened, "cursor"), "c2");
  opened.db.close();
}

for (const version of [1, 2] as const) {
  test(`a tablet of version ${version} goes on with everything it had`, async () => {
    const id = crypto.randomUUID();
    const key = await leftBy(version, id);
    const opened: Opened = { profile: profile(id), key, db: await openProfileDatabase(id) };
    const works = await loadOutbox(opened);
    assert.deepEqual(works.map((one) => [one.seq, one.data.note, one.outcome]), [[1, "việc 1", "applied"], [2, "việc 2", null]]);
    // nothing says of the work of version 1 whether a locked tablet still owes it: then it does
    assert.deepEqual((await opened.db.getAll("outbox")).map((row) => row.due), [version === 1, true]);
    // what version 1 noted of the server's epoch is not known to this version: everything is offered again
    assert.deepEqual((await heardEpoch(opened, "e1")).map((one) => one.outcome), [version === 1 ? null : "applied", null]);
    await goesOn(opened);
  });
}

test("a database of a newer app is refused and left as it is", async () => {
  const id = crypto.randomUUID();
  const newer = await openDB(profileDatabase(id), 99, { upgrade: (db) => void db.createObjectStore("thing").put("kept", "k") });
  newer.close();
  await assert.rejects(openProfileDatabase(id), NewerDatabase);
  const again = await openDB(profileDatabase(id));
  assert.equal(again.version, 99);
  assert.equal(await again.get("thing", "k"), "kept");
  again.close();
});

const name = () => `test-${crypto.randomUUID()}`;
const first: Step = (db) => void db.createObjectStore("one").put("kept", "k");

test("a step that fails leaves the version before it, whole", async () => {
  const which = name();
  (await openSteps<any>(which, [first])).close();
  const broken: Step = async (db, transaction) => {
    db.createObjectStore("two");
    await transaction.objectStore("one").put("changed", "k");
    throw new Error("this step fails");
  };
  await assert.rejects(openSteps<any>(which, [first, broken]), /this step fails/);
  const db = await openSteps<any>(which, [first]);
  assert.deepEqual([...db.objectStoreNames], ["one"]);
  assert.equal(await db.get("one", "k"), "kept");
  db.close();
});

test("the steps run in order, each once", async () => {
  const which = name();
  const ran: number[] = [];
  const steps: Step[] = [(db) => (ran.push(1), first(db, null as never)), () => void ran.push(2), () => void ran.push(3)];
  (await openSteps<any>(which, steps.slice(0, 1))).close();
  (await openSteps<any>(which, steps)).close();
  (await openSteps<any>(which, steps)).close();
  assert.deepEqual(ran, [1, 2, 3]);
});

test("a window of an older build lets go of the database for a newer one, and is told", { timeout: 10_000 }, async () => {
  const id = crypto.randomUUID();
  const taken: string[] = [];
  const stop = whenTaken((profileId) => taken.push(profileId));
  const old = await openProfileDatabase(id);
  const newer = await openDB(profileDatabase(id), 99);
  assert.deepEqual(taken, [id]);
  assert.throws(() => old.transaction("outbox"));
  newer.close();
  stop();
});

test("a window that does not let go is named, and does not hold this one up for ever", { timeout: 10_000 }, async () => {
  const which = name();
  const stubborn = await openDB(which, 1, { upgrade: (db) => void db.createObjectStore("one") });
  await assert.rejects(openSteps<any>(which, [first, () => {}]), DatabaseBusy);
  stubborn.close();
  // the opening that was given up goes through now, and must not stay in the way of anybody
  await deleteDB(which);
});
