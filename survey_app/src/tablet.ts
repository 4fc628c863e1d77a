// An open tablet: one surveyor's profile, unlocked, with all that the screens show. Signals, so that a screen draws
// again what has changed and nothing else.

import { type Signal, signal } from "@preact/signals";

import type { Merged } from "./actions/moving.ts";
import { unlessFull } from "./disk/database.ts";
import { type Draft, loadDrafts } from "./disk/drafts.ts";
import { loadOutbox } from "./disk/outbox.ts";
import { loadRegister } from "./disk/pages.ts";
import { setting, setSetting } from "./disk/settings.ts";
import type { Opened } from "./disk/vault.ts";
import type { SentFile } from "./line/files.ts";
import { Line } from "./line/line.ts";
import type { SyncProgress, SyncResult } from "./line/synchronise.ts";
import type { Register } from "./register/register.ts";
import type { Reference } from "./wire.ts";
import type { Work } from "./work.ts";

export type Tablet = {
  opened: Opened;
  line: Line;
  register: Register;
  /** raised whenever the register has changed */
  revision: Signal<number>;
  outbox: Signal<Work[]>;
  drafts: Signal<Draft[]>;
  /** households that were merged away, as the feed told */
  merged: Signal<Merged>;
  reference: Signal<Reference | null>;
  syncing: Signal<SyncProgress | null>;
  lastSync: Signal<SyncResult | null>;
  /** what became of photos and signatures in the last synchronisation that came to them */
  files: Signal<SentFile[]>;
  /** when everything was last complete; null: never */
  completeAt: Signal<string | null>;
  /** ends every call when the app is locked */
  ending: AbortController;
};

/** Reads everything from the disk. `progress` in records read. */
export async function openTablet(opened: Opened, progress: (done: number, all: number) => void): Promise<Tablet> {
  const ending = new AbortController();
  const { register, damaged } = await loadRegister(opened, progress);
  const outbox = await loadOutbox(opened);
  register.overlay(outbox);
  if (damaged.length > 0) await setSetting(opened, "verify_due", true).catch(unlessFull);
  const line = new Line({
    server: opened.profile.server,
    refreshToken: await setting<string>(opened, "refresh_token"),
    keepRefreshToken: (token) => setSetting(opened, "refresh_token", token),
    signal: ending.signal,
  });
  return {
    opened,
    line,
    register,
    revision: signal(register.revision),
    outbox: signal(outbox),
    drafts: signal(await loadDrafts(opened)),
    merged: signal((await setting<Merged>(opened, "merged")) ?? {}),
    reference: signal(await setting<Reference>(opened, "reference")),
    syncing: signal(null),
    lastSync: signal(null),
    files: signal([]),
    completeAt: signal(await setting<string>(opened, "complete_at")),
    ending,
  };
}

/** After the register or the outbox has changed: what waits lies over the records, and the screens are told. */
export function shown(tablet: Tablet, outbox: Work[] = tablet.outbox.value): void {
  tablet.outbox.value = outbox;
  tablet.register.overlay(outbox);
  tablet.revision.value = tablet.register.revision;
}
