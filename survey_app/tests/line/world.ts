// The world around a tablet of these tests: a real server behind a line that can be broken, an officer, disasters. Started
// by tests/survey_app/test_line.py, which tells the addresses.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";

import { addWork, type NewWork, outboxNow } from "../../src/disk/outbox.ts";
import { setting, setSetting } from "../../src/disk/settings.ts";
import { makeProfile, type Opened, unlock } from "../../src/disk/vault.ts";
import { uuid7 } from "../../src/ids.ts";
import { enrol } from "../../src/line/enrolment.ts";
import { Line } from "../../src/line/line.ts";
import { synchronise, type SyncResult } from "../../src/line/synchronise.ts";
import { openTablet, shown, type Tablet } from "../../src/tablet.ts";
import type { Data, Entity } from "../../src/wire.ts";

const { GIAMNGHEO_SERVER = "", GIAMNGHEO_WORLD = "", GIAMNGHEO_PASSWORD = "" } = process.env;
export const PASSWORD = GIAMNGHEO_PASSWORD;
const PIN = "240918";

/** Something happens: `verb` of the test that has started us. */
export async function world<Told = unknown>(verb: string, said: object = {}): Promise<Told> {
  const answer = await fetch(`${GIAMNGHEO_WORLD}/${verb}`, { method: "POST", body: JSON.stringify(said) });
  const told = await answer.json();
  assert.equal(answer.status, 200, `${verb}: ${JSON.stringify(told)}`);
  return told as Told;
}

/** Nobody waits in these tests, and a line is given up soon. `before` is done ahead of every request. */
function impatient(opened: Opened, refreshToken: string | null, before: () => Promise<void> = async () => undefined, ending?: AbortSignal): Line {
  return new Line({
    server: opened.profile.server,
    refreshToken,
    keepRefreshToken: (token) => setSetting(opened, "refresh_token", token),
    fetch: async (url, request) => {
      await before();
      return fetch(url, request);
    },
    pause: async () => undefined,
    attempts: 4,
    ...(ending === undefined ? {} : { signal: ending }),
  });
}

/** Enrolled and signed in, and never synchronised. */
export async function newTablet(username = "xom-3"): Promise<Tablet> {
  const opened = await makeProfile({ username, server: GIAMNGHEO_SERVER }, PIN, PASSWORD);
  const line = impatient(opened, null);
  await line.signIn(username, PASSWORD, opened.profile.device_id);
  await enrolled(opened, line);
  return ready(opened);
}

export async function enrolled(opened: Opened, line: Line): Promise<string[]> {
  const { code } = await world<{ code: string }>("code", { username: opened.profile.username });
  return (await enrol(opened, line, ` ${code.toLowerCase()} `, "Máy thử")).areas;
}

async function ready(opened: Opened): Promise<Tablet> {
  const tablet = await openTablet(opened, () => undefined);
  await onLine(tablet);
  return tablet;
}

/** From now on its line does this before every request. */
export async function onLine(tablet: Tablet, before?: () => Promise<void>): Promise<void> {
  tablet.line = impatient(tablet.opened, await setting<string>(tablet.opened, "refresh_token"), before, tablet.ending.signal);
}

/** The battery is empty; somebody charges it and unlocks the tablet. */
export async function restarted(tablet: Tablet): Promise<Tablet> {
  tablet.ending.abort();
  return ready(await unlock(tablet.opened.profile.id, PIN));
}

export const sync = (tablet: Tablet): Promise<SyncResult> => synchronise(tablet);

export async function complete(tablet: Tablet): Promise<{ sent: number; pulled: number }> {
  const result = await sync(tablet);
  assert.equal(result.ended, "complete", JSON.stringify(result));
  return result as { ended: "complete"; at: string; sent: number; pulled: number };
}

/** What a surveyor does, and is shown. */
export async function does(tablet: Tablet, ...works: NewWork[]): Promise<void> {
  await addWork(tablet.opened, works);
  shown(tablet, outboxNow(tablet.opened));
}

export const creates = (entity: Entity, data: Data, id = uuid7()): NewWork => ({ entity, id, base_version: null, data });
export const changes = (tablet: Tablet, entity: Entity, id: string, data: Data): NewWork => ({ entity, id, base_version: tablet.register.kept(id)?.version ?? 1, data });
export const household = (hamlet: string, more: Data = {}): Data => ({ hamlet_id: hamlet, residence: "permanent", ...more });
export const member = (home: string, name = "Vũ Thị Hoà"): Data => ({ household_id: home, full_name: name, sex: "female", birth_year: 1980, relation_to_head: "head", ethnicity: "kinh" });

/** id -> [entity, version, data] of all that was pulled. */
export function pulled(tablet: Tablet): Map<string, [string, number, Data]> {
  return new Map([...tablet.register.allKept()].map((one) => [one.id, [one.entity, one.version, one.data]]));
}

export const outcomesOf = (tablet: Tablet): (string | null)[] => tablet.outbox.value.map((work) => work.outcome);
