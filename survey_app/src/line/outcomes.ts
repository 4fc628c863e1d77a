// The stored outcomes are asked for again: what was held may be applied by now, a conflict decided, a backup verified.

import { markWork } from "../disk/outbox.ts";
import type { Tablet } from "../tablet.ts";
import type { Info, OutcomePage, Uuid } from "../wire.ts";
import { isUnsent, STANDING, type Work } from "../work.ts";
import { changing } from "./changing.ts";
import { type Call, Refused } from "./line.ts";
import { repeat } from "./push.ts";

const PAGE = 500;

/** From the oldest work that is still kept. What came in a file, or left in one, may have been sent first by another
 * tablet: the server has it under that one's name. Raises Unreachable, Refused. */
export async function askAgain(tablet: Tablet, info: Info): Promise<void> {
  const all = told(tablet);
  const named = await asked(tablet, all, tablet.opened.profile.device_id, "this");
  const others = new Set(all.map((work) => work.shared?.from).filter((from) => from !== null && from !== undefined));
  for (const from of others) {
    const theirs = told(tablet).filter((work) => work.shared?.from === from && !named.has(work.submission_id));
    for (const id of await asked(tablet, theirs, from, "another").catch(notAllowed)) named.add(id);
  }
  const open = told(tablet).filter((work) => work.shared !== undefined && !named.has(work.submission_id) && !isOver(work));
  await repeat(tablet, info, open);
}

const told = (tablet: Tablet): Work[] => tablet.outbox.value.filter((work) => !isUnsent(work));

/** Nothing more is to be heard of it. */
const isOver = (work: Work): boolean => STANDING.includes(work.outcome ?? "") && work.shared?.durable === true;

/** Which submissions the pages of a tablet name. */
async function asked(tablet: Tablet, works: Work[], device: Uuid, whose: "this" | "another"): Promise<Set<Uuid>> {
  const named = new Set<Uuid>();
  const newest = whose === "this" ? Infinity : Math.max(...works.map((work) => work.seq));
  let after: number | null = works.length === 0 ? null : Math.min(...works.map((work) => work.seq)) - 1;
  while (after !== null && after < newest) {
    const call: Call = { query: { device_id: device, after_seq: after, limit: PAGE } };
    const page: OutcomePage = await (await tablet.line.call("GET", "/sync/v1/submissions", call)).json();
    await changing(tablet, markWork(tablet.opened, page.items, page.epoch, page.durable_through, whose));
    for (const one of page.items) named.add(one.submission_id);
    after = page.after_seq;
  }
  return named;
}

/** The other tablet was revoked, or the server does not know it: which says nothing about this one. */
function notAllowed(error: unknown): Set<Uuid> {
  if (error instanceof Refused && ["device-revoked", "not-found"].includes(error.slug)) return new Set();
  throw error;
}
