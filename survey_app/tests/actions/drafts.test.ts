// Half-filled forms on a real (simulated) disk: every answer is kept, and nothing is sent twice.

import assert from "node:assert/strict";
import { test } from "node:test";

import { signal } from "@preact/signals";

import { correction } from "../../src/actions/correct.ts";
import { draftAbout, forgetNotHome, keeperOf, newDraft, noteNotHome, notHome, throwAway } from "../../src/actions/drafts.ts";
import { send } from "../../src/actions/save.ts";
import { loadDrafts } from "../../src/disk/drafts.ts";
import { keepFile, keptFiles } from "../../src/disk/files.ts";
import { loadOutbox, outboxNow } from "../../src/disk/outbox.ts";
import { lock, type Opened } from "../../src/disk/vault.ts";
import { Register } from "../../src/register/register.ts";
import type { Tablet } from "../../src/tablet.ts";
import { created, fullFor, newProfile, restarted } from "../disk/opened.ts";

/** As much of a tablet as forms touch. */
async function tabletOf(opened: Opened): Promise<Tablet> {
  const outbox = await loadOutbox(opened);
  const register = new Register();
  register.overlay(outbox);
  const made = { opened, register, revision: signal(0), outbox: signal(outbox), drafts: signal(await loadDrafts(opened)), reference: signal(null) };
  return made as unknown as Tablet;
}

const about = { household: "h", round: "r" };
const until = async (check: () => boolean): Promise<void> => {
  while (!check()) await new Promise((resume) => setTimeout(resume, 1));
};

test("the last of many quick answers is on the disk, and was never overtaken by an earlier one", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  for (let answer = 1; answer <= 50; answer++) keeper.put({ values: { answer } });
  assert.equal(keeper.state.value, "writing");
  assert.equal(draftAbout(tablet.drafts.value, "review", about)!.values.answer, 50, "the screens see it at once");
  await until(() => keeper.state.value === "kept");
  const later = await loadDrafts(await restarted(tablet.opened));
  assert.deepEqual(later.map((one) => [one.kind, one.about, one.values]), [["review", about, { answer: 50 }]]);
});

test("who leaves a form and comes back at once goes on with the same one", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { answer: 1 }, step: "b1-2" });
  const again = keeperOf(tablet, draftAbout(tablet.drafts.value, "review", about)!);
  assert.equal(again, keeper);
  assert.equal(again.draft.step, "b1-2");
});

test("two presses of the button add one piece of work, and the draft is gone; a late answer does not bring it back", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { answer: 1 } });
  const work = created(keeper.draft.id);
  await Promise.all([send(tablet, keeper, [work]), send(tablet, keeper, [work])]);
  keeper.put({ values: { answer: 2 } });
  await new Promise((resume) => setTimeout(resume, 20));
  assert.deepEqual([tablet.outbox.value.length, tablet.drafts.value], [1, []]);
  const later = await restarted(tablet.opened);
  assert.deepEqual([(await loadOutbox(later)).map((one) => one.id), await loadDrafts(later)], [[work.id], []]);
});

test("a disk that refuses leaves the form as it is; the button works again, and so do its answers", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { answer: 1 } });
  await until(() => keeper.state.value === "kept");
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await assert.rejects(send(tablet, keeper, [created()]));
  keeper.put({ values: { answer: 2 } });
  await until(() => keeper.state.value === "refused");
  IDBObjectStore.prototype.put = put;
  assert.equal(draftAbout(tablet.drafts.value, "review", about)!.values.answer, 2);
  keeper.put({ values: { answer: 3 } });
  await until(() => keeper.state.value === "kept");
  await send(tablet, keeper, [created()]);
  assert.equal(outboxNow(tablet.opened).length, 1);
});

/** A disk that refuses while this runs. */
async function refusing(method: "put" | "delete", work: () => Promise<unknown>): Promise<void> {
  const known = IDBObjectStore.prototype[method];
  IDBObjectStore.prototype[method] = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await work().finally(() => Object.assign(IDBObjectStore.prototype, { [method]: known }));
}

test("what is answered while a sending fails is kept: no further answer is needed for it", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { answer: 1 } });
  await until(() => keeper.state.value === "kept");
  await refusing("put", async () => {
    const sending = assert.rejects(send(tablet, keeper, [created()]));
    keeper.put({ values: { answer: 2 } });
    await sending;
    await until(() => keeper.state.value !== "writing");
  });
  assert.equal(keeper.state.value, "refused", "shown as saved, and is not");
  assert.equal(draftAbout(tablet.drafts.value, "review", about)!.values.answer, 2);
});

test("a form that could not be thrown away goes on being kept", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { answer: 1 } });
  await until(() => keeper.state.value === "kept");
  await refusing("delete", () => assert.rejects(throwAway(tablet, keeper.draft.id)));
  keeper.put({ values: { answer: 2 } });
  await until(() => keeper.state.value === "kept");
  assert.deepEqual((await loadDrafts(await restarted(tablet.opened))).map((one) => one.values), [{ answer: 2 }]);
});

test("a form that is thrown away takes its photos along, and nobody else's", async () => {
  const tablet = await tabletOf(await newProfile());
  const picture = (text: string) => keepFile(tablet.opened, new Blob([text], { type: "image/jpeg" }), "house");
  const [own, shared] = [await picture("own"), await picture("shared")];
  const other = keeperOf(tablet, newDraft("review", { household: "h2", round: "r" }, {}));
  other.put({ values: { attachments: [shared] } });
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { attachments: [own, shared] } });
  await throwAway(tablet, keeper.draft.id);
  assert.deepEqual((await keptFiles(tablet.opened)).map((one) => one.sha256), [shared.sha256]);
  assert.equal(draftAbout(tablet.drafts.value, "review", about), null);
});

test("nobody at home is noted each time, survives a restart, and goes with the review", async () => {
  const tablet = await tabletOf(await newProfile());
  await noteNotHome(tablet, "h", "r");
  await noteNotHome(tablet, "h", "r");
  const later = await tabletOf(await restarted(tablet.opened));
  assert.equal(notHome(later.drafts.value, "h", "r").length, 2);
  assert.equal(notHome(later.drafts.value, "h", "other").length, 0);
  await forgetNotHome(later, "h", "r");
  assert.deepEqual(await loadDrafts(later.opened), []);
});

test("a refused new household is put right under its own id: its people wait for that one", async () => {
  const tablet = await tabletOf(await newProfile());
  const work = { entity: "household", id: "h", base_version: null, data: { hamlet_id: "x", residence: "permanent", head_member_id: "m" } };
  const form = correction(tablet, work as never)!;
  assert.deepEqual(form.route, ["household", "new", "x", "h"]);
  assert.deepEqual([form.values.id, form.values.head, form.values.people], ["h", "m", []]);
});

test("what is answered while a sending fails is on the disk when it has failed", async () => {
  const tablet = await tabletOf(await newProfile());
  const keeper = keeperOf(tablet, newDraft("review", about, {}));
  keeper.put({ values: { answer: 1 } });
  await until(() => keeper.state.value === "kept");
  const { db } = tablet.opened;
  tablet.opened.db = fullFor(db, ["outbox"]);
  const sending = assert.rejects(send(tablet, keeper, [created()]));
  keeper.put({ values: { answer: 2 } });
  await sending;
  tablet.opened.db = db;
  await until(() => keeper.state.value === "kept");
  assert.equal(draftAbout(tablet.drafts.value, "review", about)!.values.answer, 2);
  const later = await loadDrafts(await restarted(tablet.opened));
  assert.deepEqual(later.map((one) => one.values), [{ answer: 2 }]);
});

test("the answers that were typed as the tablet was locked are on the disk", async () => {
  for (const quick of [1, 2, 3]) {
    const tablet = await tabletOf(await newProfile());
    const keeper = keeperOf(tablet, newDraft("review", about, {}));
    for (let answer = 1; answer <= quick; answer++) keeper.put({ values: { answer } });
    lock(tablet.opened);
    await until(() => keeper.state.value !== "writing");
    const later = await loadDrafts(await restarted(tablet.opened));
    assert.deepEqual(later.map((one) => one.values), [{ answer: quick }]);
  }
});

test("what was begun about a person is found after the person went to another household", async () => {
  const tablet = await tabletOf(await newProfile());
  keeperOf(tablet, newDraft("member", { member: "m", household: "h1" }, {})).put({ values: { note: "dở" } });
  const drafts = tablet.drafts.value;
  assert.deepEqual(draftAbout(drafts, "member", { member: "m", household: "h2" })?.values, { note: "dở" });
  assert.equal(draftAbout(drafts, "member", { member: "other", household: "h1" }), null);
  assert.equal(draftAbout(drafts, "member", { new_in: "h1", household: "h1" }), null);
});

test("two refused households of one hamlet, and a new one, are three forms", async () => {
  const tablet = await tabletOf(await newProfile());
  const refused = (id: string) => correction(tablet, { entity: "household", id, base_version: null, data: { hamlet_id: "x" } } as never)!;
  const [one, other] = [refused("h1"), refused("h2")];
  keeperOf(tablet, newDraft(one.kind, one.about, one.values)).put({ values: one.values });
  assert.equal(draftAbout(tablet.drafts.value, "household", other.about), null);
  assert.equal(draftAbout(tablet.drafts.value, "household", { new_in: "x" }), null);
  assert.equal(draftAbout(tablet.drafts.value, "household", one.about)!.values.id, "h1");
});
