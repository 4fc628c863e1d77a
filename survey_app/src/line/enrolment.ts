// The first contact: sign in, and bind this tablet to the surveyor with the officer's one-time code.

import type { Opened } from "../disk/vault.ts";
import type { Line } from "./line.ts";
import { appVersion } from "./versions.ts";

/** Raises Refused in the server's words (a code that is unknown or used up), Unreachable. A repetition after a lost
 * answer is the same enrolment. `areas`: what those areas are called. */
export async function enrol(opened: Opened, line: Line, code: string, name: string): Promise<{ areas: string[] }> {
  const json = {
    device_id: opened.profile.device_id,
    name,
    enrolment_code: typed(code),
    app_version: appVersion,
  };
  const told: { areas: { name: string }[] } = await (await line.call("POST", "/sync/v1/devices", { json })).json();
  return { areas: told.areas.map((area) => area.name) };
}

/** As it was made: it was told on the telephone, or is typed in groups. */
const typed = (code: string): string => code.replace(/[\s-]/g, "").toUpperCase();
