// Pictures that nothing names: what may go, and what must stay whatever happens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { signal } from "@preact/signals";

import { keeperOf, newDraft } from "../../src/actions/drafts.ts";
import { isAwaited, letOrphanGo } from "../../src/actions/files.ts";
import { loadDrafts } from "../../src/disk/drafts.ts";
import { keepFile, keptFiles, letStrayGo } from "../../src/disk/files.ts";
import { addWork, loadOutbox } from "../../src/disk/outbox.ts";
import type { Opened } from "../../src/disk/vault.ts";
import type { Tablet } from "../../src/tablet.ts";
import { created, newProfile, restarted, spoilt } from "../disk/opened.ts";

const HOUR = 3_600_000;

async function tabletOf(opened: Opened): Promise<Tablet> {
  return { opened, outbox: signal(await loadOutbox(opened)), drafts: signal(await loadDrafts(opened)) } as unknown as Tablet;
}

/** What is done by a clock that is this far off. */
async function at<T>(shift: number, work: () => Promise<T>): Promise<T> {
  const real = Date.now;
  Date.now = () => real() + shift;
  return work().finally(() => (Date.now = real));
}

const picture = (opened: Opened, text: string, shift = -HOUR) => at(shift, () => keepFile(opened, new Blob([text], { type: "image/jpeg" }), "house"));
const here = async (opened: Opened) => (await keptFiles(opened)).map((one) => one.sha256);

test("a picture that was on the disk before its form could name it goes; what a form or work names stays", async () => {
  const opened = await newProfile();
  const [lonely, drafted, sent] = [await picture(opened, "lonely"), await picture(opened, "drafted"), await picture(opened, "sent")];
  await addWork(opened, [created(undefined, { attachments: [sent] })]);
  const before = await tabletOf(opened);
  keeperOf(before, newDraft("review", {}, {})).put({ values: { attachments: [drafted] } });
  await keeperOf(before, before.drafts.value[0]!).settled();
  const tablet = await tabletOf(await restarted(opened));
  const gone = [];
  for (const one of [lonely, drafted, sent]) gone.push(await letOrphanGo(tablet, one.sha256));
  assert.deepEqual(gone, [true, false, false]);
  assert.deepEqual((await here(tablet.opened)).sort(), [drafted.sha256, sent.sha256].sort());
});

test("a picture that is durable for an earlier record is awaited as long as a draft or work that is not in force names it", async () => {
  const opened = await newProfile();
  const [drafted, done, refused, unsent] = await Promise.all(["drafted", "done", "refused", "unsent"].map((text) => picture(opened, text)));
  await addWork(opened, [done, refused, unsent].map((one) => created(undefined, { attachments: [one] })));
  const tablet = await tabletOf(opened);
  const outcomes = ["applied", "rejected", null] as const;
  tablet.outbox.value = tablet.outbox.value.map((work, at) => ({ ...work, outcome: outcomes[at]! }));
  keeperOf(tablet, newDraft("review", {}, {})).put({ values: { attachments: [drafted] } });
  assert.deepEqual([drafted, done, refused, unsent].map((one) => isAwaited(tablet, one!.sha256)), [true, false, true, true]);
});

test("a picture that has just been taken stays, and one of a clock that was put back", async () => {
  const tablet = await tabletOf(await newProfile());
  for (const shift of [0, -5 * 60_000, 24 * 365 * HOUR]) {
    const { sha256 } = await picture(tablet.opened, String(shift), shift);
    assert.equal(await letOrphanGo(tablet, sha256), false, String(shift));
  }
});

test("what the disk has spoilt may have named it: the picture stays", async () => {
  for (const store of ["drafts", "outbox"] as const) {
    const opened = await newProfile();
    const { sha256 } = await picture(opened, store);
    if (store === "outbox") {
      await addWork(opened, [created()]);
      const row = (await opened.db.get("outbox", 1))!;
      await opened.db.put("outbox", { ...row, work: spoilt(row.work) }, 1);
    } else {
      const tablet = await tabletOf(opened);
      const keeper = keeperOf(tablet, newDraft("review", {}, {}));
      keeper.put({ values: { answer: 1 } });
      assert.equal(await keeper.settled(), true);
      await opened.db.put("drafts", spoilt((await opened.db.get("drafts", keeper.draft.id))!), keeper.draft.id);
    }
    const tablet = await tabletOf(await restarted(opened));
    assert.equal(await letOrphanGo(tablet, sha256), false, store);
  }
});

test("a picture that is kept anew at the very moment stays", async () => {
  const opened = await newProfile();
  const { sha256 } = await picture(opened, "again");
  const gone = await letStrayGo(opened, sha256, async () => {
    await picture(opened, "again");
    return false;
  });
  assert.deepEqual([gone, await here(opened)], [false, [sha256]]);
});
