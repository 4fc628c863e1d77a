// A form that was begun about a household which was merged away: it goes on about the one that is left, and is never lost.

import assert from "node:assert/strict";
import { test } from "node:test";

import { signal } from "@preact/signals";

import { draftAbout, keeperOf, newDraft } from "../../src/actions/drafts.ts";
import { changeHousehold } from "../../src/actions/households.ts";
import { mergedBy, moveDraft, movedTo, survivorOf } from "../../src/actions/moving.ts";
import { type Draft, loadDrafts } from "../../src/disk/drafts.ts";
import type { Opened } from "../../src/disk/vault.ts";
import { Register } from "../../src/register/register.ts";
import type { Tablet } from "../../src/tablet.ts";
import type { Change } from "../../src/wire.ts";
import { fullFor, newProfile, restarted } from "../disk/opened.ts";

const SURVIVOR = { hamlet_id: "a", household_no: "7", address: "Ngõ 7", phone: "7", note: null, residence: "permanent", no_labour_capacity: false };

async function tabletOf(opened: Opened): Promise<Tablet> {
  const register = new Register();
  register.put({ entity: "household", id: "new", version: 5, area_id: "a", data: SURVIVOR, life: 1 });
  return { opened, register, drafts: signal(await loadDrafts(opened)), outbox: signal([]) } as unknown as Tablet;
}

async function begun(tablet: Tablet, kind: string, about: Draft["about"], values: Draft["values"]): Promise<Draft> {
  const keeper = keeperOf(tablet, newDraft(kind, about, values));
  keeper.put({ values, step: "b1-2" });
  await keeper.settled();
  return keeper.draft;
}

const removed = (id: string, into?: string, reason: Change["reason"] = "merged"): Change =>
  ({ entity: "household", id, version: 2, op: "remove", reason, ...(into !== undefined && { into }) });

test("who stands for a household is found over several merges, and nobody in a circle", () => {
  const known = mergedBy({ changes: [removed("b", "c"), removed("x", undefined, "deleted"), { entity: "household", id: "p", version: 1, op: "put" }] }, { a: "b" });
  assert.deepEqual(known, { a: "b", b: "c" });
  assert.deepEqual([survivorOf(known!, "a"), survivorOf(known!, "c"), survivorOf(known!, undefined)], ["c", null, null]);
  assert.equal(survivorOf({ a: "b", b: "a" }, "a"), null);
  assert.equal(mergedBy({ changes: [removed("x", undefined, "left-area")] }, known!), null);
});

test("a review goes along with all its answers and photos; who lives there is asked anew", async () => {
  const tablet = await tabletOf(await newProfile());
  const values = { people_confirmed: true, answers: { toilet: "none" }, attachments: [{ sha256: "f" }] };
  const draft = await begun(tablet, "review", { household: "old", round: "r" }, values);
  await moveDraft(tablet, draft, "new");
  const later = await loadDrafts(await restarted(tablet.opened));
  assert.deepEqual(later.map((one) => [one.id, one.about, one.values, one.step]), [[draft.id, { household: "new", round: "r" }, { ...values, people_confirmed: false }, null]]);
  assert.equal(draftAbout(tablet.drafts.value, "review", { household: "new", round: "r" })?.id, draft.id);
  assert.equal(keeperOf(tablet, tablet.drafts.value[0]!).draft.about.household, "new", "what is answered now is about the other one");
});

test("a disk that refuses leaves the form where it was, to be gone on with", async () => {
  const tablet = await tabletOf(await newProfile());
  const draft = await begun(tablet, "review", { household: "old", round: "r" }, { answers: { a: 1 } });
  const { db } = tablet.opened;
  tablet.opened.db = fullFor(db, ["drafts"]);
  await assert.rejects(moveDraft(tablet, draft, "new"));
  tablet.opened.db = db;
  const keeper = keeperOf(tablet, draft);
  keeper.put({ values: { answers: { a: 2 } } });
  assert.equal(await keeper.settled(), true);
  const later = await loadDrafts(await restarted(tablet.opened));
  assert.deepEqual(later.map((one) => [one.about.household, one.values]), [["old", { answers: { a: 2 } }]]);
});

test("of a change of the household only what was changed goes along, made on what the other one says", async () => {
  const tablet = await tabletOf(await newProfile());
  const before = { hamlet_id: "a", household_no: "3", address: "Ngõ 3", phone: "3", note: null, residence: "permanent", no_labour_capacity: false };
  const draft = newDraft("household", { household: "old" }, { values: { ...before, phone: "9" }, base: 2, before });
  const { base, before: seen, values } = movedTo(tablet.register, draft, "new").values as { base: number; before: typeof before; values: typeof before };
  const [work] = changeHousehold({ id: "new", base, before: seen }, values);
  assert.deepEqual(work, { entity: "household", id: "new", base_version: 5, data: { phone: "9" } });
});

test("a new person is written down in the household that is left", async () => {
  const tablet = await tabletOf(await newProfile());
  const draft = newDraft("member", { new_in: "old", household: "old" }, { id: "m", values: { full_name: "Vũ Thị Hoà" } });
  const moved = movedTo(tablet.register, draft, "new");
  assert.deepEqual([moved.about, moved.values, moved.id], [{ new_in: "new", household: "new" }, draft.values, draft.id]);
});

test("what is about a person or a line of a sheet is found after their household was merged away", async () => {
  const tablet = await tabletOf(await newProfile());
  const line = await begun(tablet, "delivery", { sheet_line: "l", household: "old" }, { note: "dở" });
  assert.equal(draftAbout(tablet.drafts.value, "delivery", { sheet_line: "l", household: "new" })?.id, line.id);
});
