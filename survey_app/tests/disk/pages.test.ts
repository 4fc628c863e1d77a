// The records on the disk: stored with their cursor, opened page by page, and never worse than absent.

import assert from "node:assert/strict";
import { test } from "node:test";

import { luck, newProfile, put, restarted, spoilt } from "./opened.ts";
import { openProfileDatabase } from "../../src/disk/database.ts";
import { loadRegister, removeBefore, removeRecords, storeChanges } from "../../src/disk/pages.ts";
import type { Sealed } from "../../src/disk/sealing.ts";
import { setSetting, setting } from "../../src/disk/settings.ts";
import type { Opened } from "../../src/disk/vault.ts";
import { uuid7 } from "../../src/ids.ts";
import { type Kept, Register } from "../../src/register/register.ts";
import type { Change } from "../../src/wire.ts";

const HOME = "018f7f6e-9000-7000-8000-000000000001";
const OTHER = "018f7f6e-9000-7000-8000-000000000002";
const THIRD = "018f7f6e-9000-7000-8000-000000000003";
const AN = "018f7f6e-9000-7000-8000-0000000000aa";

const remove = (id: string): Change => ({ entity: "household", id, version: 9, op: "remove", reason: "left-area" });
const sorted = (register: Register): Kept[] => [...register.allKept()].sort((one, other) => (one.id < other.id ? -1 : 1));
const beside = async (opened: Opened): Promise<Opened> => ({ ...opened, db: await openProfileDatabase(opened.profile.id) });
const reloaded = async (opened: Opened) => loadRegister(await beside(opened), () => {});

/** Until what waits is in the pages. */
async function laidIn(opened: Opened, register: Register): Promise<void> {
  for (let round = 0; round === 0 || (await opened.db.count("changes")) > 0; round++) {
    assert.ok(round < 100, "it never is");
    await storeChanges(opened, register, [put("household", HOME, (register.kept(HOME)?.version ?? 0) + 1, {})], 1, {});
  }
}

/** What is in memory is what a restart finds. */
async function same(opened: Opened, register: Register): Promise<void> {
  const { register: again, damaged } = await reloaded(opened);
  assert.deepEqual([sorted(again), damaged], [sorted(register), []]);
}

test("what was pulled is there after a restart, with its cursor", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, { phone: "1" }), put("member", AN, 1, { household_id: HOME })], 1, { cursor: "c1" });
  await storeChanges(opened, register, [put("household", HOME, 2, { phone: "2" }), put("household", OTHER, 1, {})], 1, { cursor: "c2", first_sync: null });
  assert.equal(register.household(HOME)!.data.phone, "2");
  await same(opened, register);
  assert.equal(await setting(await beside(opened), "cursor"), "c2");
});

test("an older version does not replace a newer one, unless the records begin a new life", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 5, { phone: "5" })], 1, {});
  await storeChanges(opened, register, [put("household", HOME, 4, { phone: "4" })], 1, {});
  assert.equal(register.kept(HOME)!.version, 5);
  await storeChanges(opened, register, [put("household", HOME, 3, { phone: "3" })], 2, {});
  assert.deepEqual([register.kept(HOME)!.version, register.kept(HOME)!.life], [3, 2]);
  await storeChanges(opened, register, [remove(HOME), put("household", HOME, 1, { phone: "1" })], 2, {});
  assert.equal(register.kept(HOME)!.version, 1, "what convergence brings replaces what is here");
  await same(opened, register);
});

test("who moves to another household is on its page and on no other", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, {}), put("household", OTHER, 1, {}), put("member", AN, 1, { household_id: HOME })], 1, {});
  await storeChanges(opened, register, [put("member", AN, 2, { household_id: OTHER })], 1, {});
  await same(opened, register);
  await storeChanges(opened, register, [remove(AN)], 1, {});
  assert.equal(register.kept(AN), null);
  await same(opened, register);
});

test("a new first sync ends with what it brought", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, {}), put("household", OTHER, 1, {})], 1, {});
  await storeChanges(opened, register, [put("household", HOME, 1, {})], 2, {});
  await removeBefore(opened, register, 2);
  assert.deepEqual([await opened.db.count("changes"), await opened.db.getAllKeys("pages")], [0, [1]]);
  assert.deepEqual(sorted(register).map((one) => one.id), [HOME]);
  await same(opened, register);
  await removeRecords(opened, register, [register.kept(HOME)!]);
  await same(opened, register);
});

test("a page that the disk has spoilt takes no other with it, and is told", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, {}), put("household", OTHER, 1, {})], 1, {});
  await laidIn(opened, register);
  await opened.db.put("pages", spoilt((await opened.db.get("pages", 1))!), 1);
  const { register: left, damaged } = await reloaded(opened);
  assert.deepEqual([sorted(left).map((one) => one.id), damaged], [[OTHER], [1]]);
});

test("a row of changes that the disk has spoilt takes no other with it, and is told", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  for (const home of [HOME, OTHER]) await storeChanges(opened, register, [put("household", home, 1, {})], 1, {});
  await opened.db.put("changes", spoilt((await opened.db.get("changes", 0))!), 0);
  const { register: left, damaged } = await reloaded(opened);
  assert.deepEqual([sorted(left).map((one) => one.id), damaged], [[OTHER], [-1]]);
});

test("many changes are laid into the pages, and what was removed is in none", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, {}), put("household", OTHER, 1, {}), put("member", AN, 1, { household_id: HOME })], 1, {});
  await storeChanges(opened, register, [put("member", AN, 2, { household_id: OTHER })], 1, {});
  await laidIn(opened, register);
  assert.deepEqual(await opened.db.getAllKeys("pages"), [1, 2]);
  await same(opened, register);
  await storeChanges(opened, register, [remove(AN), remove(OTHER)], 1, {});
  await laidIn(opened, register);
  assert.deepEqual(await opened.db.getAllKeys("pages"), [1]);
  await same(opened, register);
  await storeChanges(opened, register, [put("household", OTHER, 9, {})], 1, {});
  assert.equal(await opened.db.count("changes"), 1, "not at every change");
});

test("what waited at a restart is laid in later like the rest", async () => {
  let [opened, register] = [await newProfile(), new Register()];
  const homes = Array.from({ length: 200 }, () => uuid7());
  await storeChanges(opened, register, homes.map((home) => put("household", home, 1, {})), 1, {});
  opened = await restarted(opened);
  ({ register } = await loadRegister(opened, () => {}));
  await laidIn(opened, register);
  assert.equal([...register.allKept()].length, 201);
  await same(opened, register);
});

test("a power cut while changes are laid in loses none and brings none back", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  const rounds = [[put("household", HOME, 1, { n: 1 }), put("member", AN, 1, { household_id: HOME })], [put("member", AN, 2, { household_id: OTHER })], [remove(HOME)], [put("household", HOME, 1, { n: 2 })]];
  const rows = new Map<number, Sealed>();
  for (let round = 0; round === 0 || (await opened.db.count("changes")) > 0; round++) {
    for (const row of await opened.db.getAllKeys("changes")) rows.set(row, (await opened.db.get("changes", row))!);
    await storeChanges(opened, register, rounds[round] ?? [put("household", THIRD, round, {})], 1, {});
  }
  assert.ok(rows.size > 4);
  // cut off before the rows went: they are read over pages that hold them already
  for (const [row, sealed] of rows) await opened.db.put("changes", sealed, row);
  const { register: again } = await reloaded(opened);
  assert.deepEqual([again.members(OTHER).length, again.members(HOME).length, again.household(HOME)!.data.n], [1, 0, 2]);
});

test("a page in the place of another is spoilt too", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, {})], 1, {});
  await laidIn(opened, register);
  await opened.db.put("pages", (await opened.db.get("pages", 1))!, 2);
  assert.deepEqual((await reloaded(opened)).damaged, [2]);
});

test("a disk that refuses leaves memory and cursor as they were", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  await storeChanges(opened, register, [put("household", HOME, 1, {})], 1, { cursor: "c1" });
  opened.db.close();
  await assert.rejects(storeChanges(opened, register, [put("household", OTHER, 1, {})], 1, { cursor: "c2" }));
  assert.equal(register.kept(OTHER), null);
  assert.equal(await setting(await restarted(opened), "cursor"), "c1");
});

test("two changes at once lose neither", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  const homes = Array.from({ length: 6 }, (_, n) => HOME.replace(/0001$/, `${n}001`));
  await Promise.all(homes.map((home) => storeChanges(opened, register, [put("household", home, 1, {})], 1, {})));
  assert.equal(register.page(1).length, 6);
  await same(opened, register);
});

test("how much is read is told up to the end", async () => {
  const [opened, register] = [await newProfile(), new Register()];
  for (const home of [HOME, OTHER]) await storeChanges(opened, register, [put("household", home, 1, {})], 1, {});
  const told: [number, number][] = [];
  await loadRegister(opened, (done, all) => told.push([done, all]));
  assert.deepEqual([told[0], told.at(-1)], [[8, 258], [258, 258]]);
});

test("a setting that is spoilt is one that is not there", async () => {
  const opened = await newProfile();
  await setSetting(opened, "reference", { areas: [] });
  assert.deepEqual(await setting(opened, "reference"), { areas: [] });
  await opened.db.put("settings", spoilt((await opened.db.get("settings", "reference"))!), "reference");
  assert.equal(await setting(opened, "reference"), null);
  await setSetting(opened, "reference", null);
  assert.equal(await opened.db.count("settings"), 0);
});

for (let seed = 1; seed <= 12; seed++) {
  test(`the disk is what memory is, whatever the feed brings (${seed})`, async () => {
    const below = luck(seed);
    let [opened, register] = [await newProfile(), new Register()];
    const homes = Array.from({ length: 8 }, () => uuid7());
    const people = Array.from({ length: 12 }, () => uuid7());
    const plain = new Map<string, [version: number, life: number, home: unknown]>();
    let life = 1;
    for (let round = 0; round < 100; round++) {
      const changes: Change[] = [];
      for (let n = below(10); n > 0; n--) {
        const [home, person, version] = [homes[below(8)]!, people[below(12)]!, 1 + below(6)];
        changes.push(below(5) === 0 ? remove(below(2) ? home : person) : below(2) ? put("household", home, version, {}) : put("member", person, version, { household_id: home }));
      }
      for (const { op, id, version, data } of changes) {
        const known = plain.get(id);
        if (op === "remove") plain.delete(id);
        else if (known === undefined || version >= known[0] || life > known[1]) plain.set(id, [version, life, data!.household_id]);
      }
      await storeChanges(opened, register, changes, life, {});
      if (below(9) === 0) {
        opened = await restarted(opened);
        ({ register } = await loadRegister(opened, () => {}));
      }
      if (below(6) === 0) {
        life += 1;
        await removeBefore(opened, register, life - 1);
        for (const [id, [, of]] of plain) if (of < life - 1) plain.delete(id);
      }
    }
    const expected = [...plain].sort(([one], [other]) => (one < other ? -1 : 1));
    assert.deepEqual(sorted(register).map((one) => [one.id, [one.version, one.life, one.data.household_id]]), expected);
    await same(opened, register);
  });
}
