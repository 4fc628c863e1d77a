// A full disk: photos stop, work and the PIN go on, and nobody has more tries for it.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { created, newProfile, restarted, withRoom } from "./opened.ts";
import { DiskFull } from "../../src/disk/database.ts";
import { changeEntry, entry, layTries, triesTaken } from "../../src/disk/directory.ts";
import { addDrafts, type Draft, loadDrafts, saveDraft } from "../../src/disk/drafts.ts";
import { keepFile, keptFiles, letFileGo } from "../../src/disk/files.ts";
import { addWork, loadOutbox } from "../../src/disk/outbox.ts";
import { isFull, putAside } from "../../src/disk/reserve.ts";
import { setSetting } from "../../src/disk/settings.ts";
import { inTabletDatabase } from "../../src/disk/tablet_database.ts";
import { lock, makeProfile, type NotOpened, type Opened, unlock, unlockWithPassword } from "../../src/disk/vault.ts";

const MEGABYTE = 1 << 20;
const RESERVE = 16;
const WHO = { username: "xom-3", server: "https://giamngheo.example" };
const [PIN, WRONG, PASSWORD] = ["135790", "000000", "mật khẩu của tôi"];

const draft = (id: string): Draft => ({ id, kind: "review", about: {}, values: { a: id }, step: null, saved_at: "" });
const photo = (byte: number) => new Blob([new Uint8Array(MEGABYTE).fill(byte)], { type: "image/jpeg" });
const reserved = () => inTabletDatabase((db) => db.count("reserve"));

beforeEach(() => inTabletDatabase((db) => db.clear("reserve")));

/** Takes photos until one is refused; how many were kept. */
async function filled(opened: Opened): Promise<number> {
  for (let taken = 0; ; taken++) {
    const full = await keepFile(opened, photo(taken), "house").then(() => false, (error: unknown) => error instanceof DiskFull);
    if (full) return taken;
  }
}

test("where photos have taken all, work finds the room that was kept for it, and photos do not", async () => {
  const opened = await newProfile();
  await withRoom((RESERVE + 4) * MEGABYTE, async (disk) => {
    assert.deepEqual([await putAside(), await reserved(), isFull.value], [true, RESERVE, false]);
    assert.equal(await filled(opened), 3);
    disk.more(-MEGABYTE + 5000); // a film takes the rest
    assert.equal(await reserved(), RESERVE, "a photo that is refused takes none of it");
    await saveDraft(opened, draft("x")); // there is room for one of its kind
    for (const id of ["y", "z"]) await saveDraft(opened, { ...draft(id), values: { note: id.repeat(8000) } });
    await addWork(opened, [created()], "z");
    await setSetting(opened, "cursor", "c1");
    assert.deepEqual([await reserved(), isFull.value], [0, true]);
    await assert.rejects(keepFile(opened, photo(99), "house"), DiskFull);
    assert.equal(await reserved(), 0, "nothing is taken from work to make it whole again");
    const [said] = await keptFiles(opened);
    await letFileGo(opened, said!.sha256);
    disk.more(MEGABYTE);
    assert.deepEqual([await putAside(), await reserved(), isFull.value], [true, RESERVE, false]);
  });
  const again = await restarted(opened);
  assert.deepEqual((await loadDrafts(again)).map((one) => one.id).sort(), ["x", "y"]);
  assert.equal((await loadOutbox(again)).length, 1);
  assert.equal((await keptFiles(again)).length, 2);
});

test("many writes that find the disk full at once all find the room", async () => {
  const opened = await newProfile();
  await withRoom(RESERVE * MEGABYTE + 2000, async () => {
    assert.equal(await putAside(), true);
    const saving = [...Array(8).keys()].map((at) => setSetting(restless(opened), `n${at}`, "x".repeat(3000)));
    await Promise.all([saveDraft(opened, { ...draft("x"), values: { note: "x".repeat(5000) } }), addWork(opened, [created()]), ...saving]);
  });
  assert.equal((await loadOutbox(opened)).length, 1);
});

/** Another one to the queues: nothing waits for its turn. */
const restless = (opened: Opened): Opened => ({ ...opened });

test("forms that a file brings are counted once, however often they were written", async () => {
  const opened = await newProfile();
  await withRoom(RESERVE * MEGABYTE + 2000, async () => {
    assert.equal(await putAside(), true);
    const brought = ["a", "b", "c", "d", "e"].map((id) => ({ ...draft(id), values: { note: id.repeat(1000) } }));
    assert.equal(await addDrafts(opened, brought), 5);
    assert.equal(await addDrafts(opened, brought), 0);
  });
});

test("a disk that is full with nothing put aside says so, and what was there is there", async () => {
  const opened = await newProfile();
  await saveDraft(opened, draft("x"));
  await withRoom(100, async () => {
    assert.deepEqual([await putAside(), await reserved(), isFull.value], [false, 0, true]);
    await assert.rejects(saveDraft(opened, draft("y")), DiskFull);
    await assert.rejects(addWork(opened, [created()], "x"), DiskFull);
  });
  assert.deepEqual((await loadDrafts(await restarted(opened))).map((one) => one.id), ["x"]);
});

async function refusal(trying: Promise<unknown>): Promise<string> {
  const error = await trying.then(() => null, (one: unknown) => one);
  assert.equal((error as Error | null)?.constructor.name, "NotOpened", String(error)); // of whichever app
  return (error as NotOpened).refusal.why;
}

/** `tries` wrong PINs, each two hours after the one before, from the hour `from` on; what each was answered. */
async function wrongPins(id: string, tries: number, from: number, by: typeof unlock = unlock): Promise<string[]> {
  const told: string[] = [];
  for (let at = 0; at < tries; at++) {
    mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 + (from + at) * 7_200_000 });
    told.push(await by(id, WRONG).then(() => "opened", (error: { message: string }) => error.message));
    mock.timers.reset();
  }
  return told;
}

/** The app anew: nothing of it in memory. */
let apps = 0;
const anew = async (): Promise<typeof unlock> => (await import(`../../src/disk/vault.ts?${++apps}`)).unlock;

async function locked(): Promise<string> {
  const opened = await makeProfile(WHO, PIN, PASSWORD);
  lock(opened);
  return opened.profile.id;
}

/** So many wrong PINs were written down. */
const written = (id: string, count: number) => changeEntry(id, (one) => ({ ...one, tries: { ...one.tries, pin: { count, since: 0, wait: 0 } } }));

test("a tablet on which not a byte can be written opens, and its tries are all back when there is room", async () => {
  const id = await locked();
  await withRoom(0, async (disk) => {
    for (let times = 0; times < 2; times++) lock(await unlock(id, PIN));
    assert.equal(await triesTaken(id), 2);
    const open = await unlockWithPassword(id, PASSWORD, "246802");
    assert.equal(open.oldPin, true);
    lock(open);
    lock(await unlock(id, PIN));
    disk.more(MEGABYTE);
    lock(await unlock(id, PIN));
    assert.deepEqual([await triesTaken(id), (await entry(id))!.tries.pin.count], [0, 0]);
    const again = await unlockWithPassword(id, PASSWORD, "246802");
    assert.ok(!again.oldPin);
    lock(again);
    lock(await unlock(id, "246802"));
  });
});

test("whoever fills the disk, and ends the app at every try, has ten of them all the same", async () => {
  const id = await locked();
  await written(id, 6);
  await withRoom(0, async () => {
    for (let at = 1; at <= 3; at++) assert.deepEqual(await wrongPins(id, 1, at, await anew()), ["wrong"]);
  });
  // with room in between they are counted too
  assert.deepEqual(await wrongPins(id, 1, 4, await anew()), ["hard-locked"]);
  assert.equal((await entry(id))!.pin, null);
});

test("on a full disk the last of the tries is refused, whatever is typed, and the password opens", async () => {
  const id = await locked();
  await written(id, 7);
  await withRoom(0, async () => {
    assert.deepEqual(await wrongPins(id, 4, 0, await anew()), ["wrong", "wrong", "hard-locked", "no-room"]);
    assert.equal(await refusal((await anew())(id, PIN)), "no-room");
    lock(await unlockWithPassword(id, PASSWORD, PIN));
  });
  // when there is room nobody has more of them
  assert.deepEqual([await refusal(unlock(id, PIN)), await refusal(unlock(id, PIN))], ["no-room", "hard-locked"]);
  lock(await unlockWithPassword(id, PASSWORD, PIN));
  lock(await unlock(id, PIN));
});

test("wrong secrets wait on a full disk too", async () => {
  const id = await locked();
  await withRoom(0, async () => {
    for (let times = 0; times < 3; times++) assert.equal(await refusal(unlock(id, WRONG)), "wrong");
    assert.equal(await refusal(unlock(id, PIN)), "wait");
    assert.equal(await triesTaken(id), 3, "who has to wait has not tried");
    for (let times = 0; times < 3; times++) assert.equal(await refusal(unlockWithPassword(id, WRONG, PIN)), "wrong");
    assert.equal(await refusal(unlockWithPassword(id, PASSWORD, PIN)), "wait");
  });
});

test("a profile of the build before opens by its password on a full disk, and has tries laid beside it when there is room", async () => {
  const id = await locked();
  await layTries(id, 0);
  await inTabletDatabase((db) => db.clear("tries"));
  await changeEntry(id, ({ spare: _, ...before }) => before);
  await withRoom(0, async () => {
    assert.equal(await refusal(unlock(id, PIN)), "no-room");
    lock(await unlockWithPassword(id, PASSWORD, PIN));
  });
  lock(await unlock(id, PIN));
  await withRoom(0, async () => lock(await unlock(id, PIN)));
});
