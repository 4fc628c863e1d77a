// The first contact: sign in, and bind this tablet to the surveyor with the officer's one-time code.

import type { Opened } from "../disk/vault.ts";
import type { Line } from "./line.ts";

/** Raises Refused in the server's words (a code that is unknown or used up), Unreachable. A repetition after a lost
 * answer is the same enrolment. */
export async function enrol(_opened: Opened, _line: Line, _code: string, _name: string): Promise<{ areas: string[] }> {
  throw new Error("to be built");
}
