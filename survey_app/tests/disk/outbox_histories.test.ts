// No history of work, receipts, backups, restores, lost answers and power cuts loses a tablet's work or doubles it: the
// twin of tests/mobile_sync/test_let_go.py. The server is a model of the promises of docs/sync-protocol.md.

import assert from "node:assert/strict";
import { test } from "node:test";

import { created, edited, luck, newProfile, restarted } from "./opened.ts";
import { addWork, heardEpoch, letGo, loadOutbox, markPulled, markWork, outboxNow, sealWork } from "../../src/disk/outbox.ts";
import { exportOutbox } from "../../src/disk/ways_out.ts";
import type { Opened } from "../../src/disk/vault.ts";
import type { Outcome } from "../../src/wire.ts";
import { isUnsent, type Work } from "../../src/work.ts";

type Disk = { epoch: string; content: Map<string, string>; versions: Map<string, number>; told: Map<string, Outcome>; seq: Map<string, number>; undurable: Set<string> };

/** What a server has committed, and its newest backup. */
class Server {
  disk: Disk = { epoch: "epoch 0", content: new Map(), versions: new Map(), told: new Map(), seq: new Map(), undurable: new Set() };
  saved: Disk | null = null;
  #epochs = 0;

  durableThrough(): number {
    const { seq, undurable } = this.disk;
    return undurable.size > 0 ? Math.min(...[...undurable].map((id) => seq.get(id)!)) - 1 : Math.max(0, ...seq.values());
  }

  receive(works: Work[]): Outcome[] {
    return works.map((work) => {
      const sent = JSON.stringify([work.submission_id, work.seq, work.id, work.base_version, work.recorded_at, work.data]);
      const known = this.disk.content.get(work.submission_id);
      if (known !== undefined) {
        assert.equal(sent, known, "sent again with other content");
        return { ...this.disk.told.get(work.submission_id)!, replayed: true };
      }
      return this.#apply(work, sent);
    });
  }

  #apply(work: Work, sent: string): Outcome {
    const { disk } = this;
    const version = (disk.versions.get(work.id) ?? 0) + 1;
    disk.versions.set(work.id, version);
    disk.content.set(work.submission_id, sent);
    disk.seq.set(work.submission_id, work.seq);
    disk.undurable.add(work.submission_id);
    const told: Outcome = { submission_id: work.submission_id, outcome: "applied", entity: work.entity, id: work.id, version, replayed: false, result: null, problem: null, conflict_id: null, waiting_for: null };
    disk.told.set(work.submission_id, told);
    return told;
  }

  backUp(): void {
    this.disk.undurable.clear();
    this.saved = structuredClone(this.disk);
  }

  /** `epoch`: told as a restore; else its disk was set back behind its back, which a 410 tells. */
  restore(epoch: boolean): void {
    this.disk = structuredClone(this.saved!);
    if (epoch) this.disk.epoch = `epoch ${++this.#epochs}`;
  }
}

/** One tablet and one server; `made` is everything that was ever told as saved. */
class History {
  server = new Server();
  made = new Map<string, Work>();
  homes: string[] = [];
  opened!: Opened;
  readonly #below: (below: number) => number;

  constructor(below: (below: number) => number) {
    this.#below = below;
  }

  readonly steps: Record<string, () => Promise<unknown>> = {
    create: async () => {
      const added = await addWork(this.opened, Array.from({ length: 1 + this.#below(3) }, () => created()));
      this.homes.push(...added.map((one) => one.id));
      this.#saved(added);
    },
    change: async () => this.homes.length > 0 && this.#saved(await addWork(this.opened, [edited(this.homes[this.#below(this.homes.length)]!, { phone: String(this.#below(9)) })])),
    push: async () => this.#push(this.#below(3) === 0),
    "push while somebody writes": async () => Promise.all([this.#push(false), this.steps.create!()]),
    outcomes: async () => markWork(this.opened, [...this.server.disk.told.values()], this.server.disk.epoch, this.server.durableThrough()),
    pull: async () => {
      await heardEpoch(this.opened, this.server.disk.epoch);
      await markPulled(this.opened);
    },
    "let go": async () => letGo(this.opened),
    contact: async () => {
      for (const step of ["outcomes", "pull", "let go"]) await this.steps[step]!();
    },
    "power cut": async () => {
      this.opened = await restarted(this.opened);
      await loadOutbox(this.opened);
    },
    "power cut while saving": async () => {
      let told: Work[] = [];
      const saving = addWork(this.opened, [created(), created()]).then((added) => (told = added), () => {});
      for (let turns = this.#below(6); turns > 0; turns--) await new Promise(setImmediate);
      const toldBefore = told;
      this.opened = await restarted(this.opened);
      await saving;
      const here = new Map((await loadOutbox(this.opened)).map((one) => [one.submission_id, one]));
      for (const one of toldBefore) assert.deepEqual(here.get(one.submission_id), one, "told as saved, and gone");
      const fresh = [...here.values()].filter((one) => !this.made.has(one.submission_id));
      assert.ok([0, 2].includes(fresh.length), "half of a transaction");
      this.homes.push(...fresh.map((one) => one.id));
      this.#saved(fresh);
    },
    backup: async () => this.server.backUp(),
    restore: async () => this.server.saved !== null && this.server.restore(true),
    "set back": async () => {
      if (this.server.saved === null) return;
      this.server.restore(false);
      await heardEpoch(this.opened, "doubt"); // the 410 of the next pull, which comes before anything is let go
    },
  };

  async #push(answerLost: boolean): Promise<void> {
    await heardEpoch(this.opened, this.server.disk.epoch);
    for (let again = true; again; ) {
      const touched = new Set<string>();
      const batch = outboxNow(this.opened).filter((one) => isUnsent(one) && !touched.has(one.id) && touched.add(one.id)).slice(0, 3);
      const outcomes = this.server.receive(await sealWork(this.opened, batch));
      if (answerLost || batch.length === 0) return;
      await markWork(this.opened, outcomes, this.server.disk.epoch, this.server.durableThrough());
      again = this.#below(4) > 0;
    }
  }

  #saved(added: Work[]): void {
    for (const one of added) this.made.set(one.submission_id, one);
  }

  /** What left the tablet is on the server, and in its backup; what is here is as it was made. */
  check(): void {
    const here = new Map(outboxNow(this.opened).map((one) => [one.submission_id, one]));
    for (const [id, work] of this.made) {
      const kept = here.get(id);
      if (kept === undefined) {
        assert.ok(this.server.disk.content.has(id), `seq ${work.seq} was let go, and the server has never had it`);
        assert.ok(this.server.saved?.content.has(id), `seq ${work.seq} was let go, and is in no backup`);
      } else {
        assert.deepEqual([kept.seq, kept.id, kept.data, kept.recorded_at], [work.seq, work.id, work.data, work.recorded_at]);
      }
    }
    const seqs = [...this.made.values()].map((one) => one.seq);
    assert.equal(new Set(seqs).size, seqs.length, "a seq was used twice");
  }

  async everythingArrivesOnce(): Promise<void> {
    await heardEpoch(this.opened, this.server.disk.epoch);
    for (let rounds = 0; outboxNow(this.opened).some(isUnsent); rounds++) {
      assert.ok(rounds < 200, "the outbox does not drain");
      await this.#push(false);
    }
    assert.deepEqual([...this.server.disk.content.keys()].sort(), [...this.made.keys()].sort());
  }
}

const HISTORIES = 40;
const STEPS = 40;

for (let seed = 1; seed <= HISTORIES; seed++) {
  test(`history ${seed}`, async () => {
    const below = luck(seed);
    const history = new History(below);
    history.opened = await newProfile();
    await loadOutbox(history.opened);
    const names = Object.keys(history.steps);
    const played: string[] = [];
    try {
      for (let step = 0; step < STEPS; step++) {
        played.push(names[below(names.length)]!);
        await history.steps[played.at(-1)!]!();
        history.check();
      }
      await history.everythingArrivesOnce();
    } catch (error) {
      throw new Error(`after ${played.join(", ")}`, { cause: error });
    }
  });
}

test("what left in a file and what the tablet sends afterwards are the same", async () => {
  const opened = await newProfile();
  const [home] = await addWork(opened, [created()]);
  await addWork(opened, [edited(home!.id, { phone: "1" }), edited(home!.id, { phone: "2" })]);
  await exportOutbox(opened, "một câu dài");
  assert.deepEqual(outboxNow(opened).map((one) => [one.base_version, one.sealed]), [[null, true], [1, true], [1, true]]);
});
