// The stored outcomes are asked for again: what was held may be applied by now, a conflict decided, a backup verified.

import { markWork } from "../disk/outbox.ts";
import type { Tablet } from "../tablet.ts";
import type { OutcomePage } from "../wire.ts";
import { isUnsent } from "../work.ts";
import { changing } from "./changing.ts";
import type { Call } from "./line.ts";

const PAGE = 500;

/** From the oldest work that is still kept. Raises Unreachable, Refused. */
export async function askAgain(tablet: Tablet): Promise<void> {
  const told = tablet.outbox.value.filter((work) => !isUnsent(work));
  if (told.length === 0) return;
  let after: number | null = Math.min(...told.map((work) => work.seq)) - 1;
  while (after !== null) {
    const call: Call = { query: { device_id: tablet.opened.profile.device_id, after_seq: after, limit: PAGE } };
    const page: OutcomePage = await (await tablet.line.call("GET", "/sync/v1/submissions", call)).json();
    await changing(tablet, markWork(tablet.opened, page.items, page.epoch, page.durable_through));
    after = page.after_seq;
  }
}
