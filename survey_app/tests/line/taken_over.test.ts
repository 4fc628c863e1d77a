// The outbox of a tablet that came in a file: what the server knows as another tablet's is asked about there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadOutbox } from "../../src/disk/outbox.ts";
import { exportOutbox, importOutbox } from "../../src/disk/ways_out.ts";
import { uuid7 } from "../../src/ids.ts";
import { shown, type Tablet } from "../../src/tablet.ts";
import { changes, complete, creates, does, member, newTablet, outcomesOf, sync, world } from "./world.ts";

const SECRET = "một câu dài để mở tệp";

/** Two tablets of one surveyor; the second has taken in what the first had not sent. */
async function handedOver(first: Tablet, second: Tablet): Promise<void> {
  await importOutbox(second.opened, await exportOutbox(first.opened, SECRET), SECRET);
  for (const one of [first, second]) shown(one, await loadOutbox(one.opened));
}

async function two(): Promise<[Tablet, Tablet]> {
  const [first, second] = [await newTablet(), await newTablet()];
  await complete(first);
  await complete(second);
  return [first, second];
}

test("what another tablet sent first and the server holds is asked about there, until it is applied", async () => {
  const [first, second] = await two();
  const home = uuid7();
  await does(first, creates("member", member(home)));
  await handedOver(first, second);
  await complete(first);
  await complete(second);
  assert.deepEqual([outcomesOf(first), outcomesOf(second)], [["held"], ["held"]]);
  await world("home_named", { home, over: "web" });
  await complete(second);
  assert.deepEqual(outcomesOf(second), ["applied"]);
});

test("what this tablet gave away and another one sent first is known by its repetition", async () => {
  const [first, second] = await two();
  const home = uuid7();
  await does(first, creates("member", member(home)));
  await handedOver(first, second);
  await complete(second);
  await complete(first);
  await world("home_named", { home, over: "tablet" });
  await complete(first);
  assert.deepEqual(outcomesOf(first), ["applied"]);
  assert.deepEqual(await world("submissions", { device_id: first.opened.profile.device_id }), []);
});

test("work of a revoked tablet does not end the one that has taken it over, and is followed all the same", async () => {
  const [first, second] = await two();
  const home = uuid7();
  await does(first, creates("member", member(home)));
  await handedOver(first, second);
  await complete(first);
  await world("revoke", { device_id: first.opened.profile.device_id });
  await complete(second);
  assert.deepEqual(outcomesOf(second), ["held"]);
  await world("home_named", { home, over: "tablet" });
  await complete(second);
  assert.deepEqual(outcomesOf(second), ["applied"]);
  assert.equal((await sync(first)).ended, "revoked");
});

/** One has sent what both have; the other one lets go of it when it is in a backup, and not before. */
async function letsGo(sender: Tablet, other: Tablet): Promise<void> {
  await complete(sender);
  await complete(other);
  await world("back_up", { without: sender.opened.profile.device_id });
  for (const _ of [1, 2]) await complete(other);
  assert.deepEqual(outcomesOf(other), ["applied"], "the backup does not have it");
  await world("back_up");
  for (const _ of [1, 2]) await complete(other);
  assert.deepEqual(outcomesOf(other), []);
}

async function sameChange(): Promise<[Tablet, Tablet]> {
  const [home] = await world<string[]>("homes", { count: 1 });
  const [first, second] = await two();
  await does(first, changes(first, "household", home!, { phone: "7" }));
  await handedOver(first, second);
  return [first, second];
}

test("work that its own tablet sent is let go by who took it over only when it is in a backup", async () => {
  const [first, second] = await sameChange();
  await letsGo(first, second);
});

test("work that who took it over sent is let go by its own tablet only when it is in a backup", async () => {
  const [first, second] = await sameChange();
  await letsGo(second, first);
});
