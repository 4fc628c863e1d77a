// A refused piece of work put right: the form it came from, begun with its values. What is sent then is a new
// submission; the refused one stays as it was.

import type { Draft } from "../disk/drafts.ts";
import { emptyReview, type ReviewValues } from "../forms/review.ts";
import { today, uuid7 } from "../ids.ts";
import type { Tablet } from "../tablet.ts";
import type { Data, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";
import { baseOf, basesOf } from "./changes.ts";
import { HOUSEHOLD_FIELDS } from "./households.ts";

export type Correction = Pick<Draft, "kind" | "about" | "values"> & { route: string[] };

/** null where this tablet has no form for it, or no longer what it is about. */
export function correction(tablet: Tablet, work: Work): Correction | null {
  const forms: Record<string, (tablet: Tablet, work: Work) => Correction | null> = { household, member, review, request, screening, delivery };
  return forms[work.entity]?.(tablet, work) ?? null;
}

function household({ register }: Tablet, { id, base_version, data }: Work): Correction | null {
  const head = data.head_member_id ?? null;
  if (base_version === null) {
    const hamlet = String(data.hamlet_id);
    // with the id it had: its people wait for that one on the server
    return { kind: "household", about: { new_in: hamlet, again: id }, route: ["household", "new", hamlet, id], values: { id, values: data, people: [], head } };
  }
  const seen = register.household(id);
  if (seen === null) return null;
  const about = { household: id };
  const onlyHead = !HOUSEHOLD_FIELDS.some((name) => name in data);
  if (onlyHead) return { kind: "head", about, route: ["household", id, "head"], values: { head, becomes: null, bases: basesOf(register, id) } };
  return { kind: "household", about, route: ["household", id, "edit"], values: changed(seen.data, data, baseOf(register, id)) };
}

function member({ register }: Tablet, { id, base_version, data }: Work): Correction | null {
  if (base_version === null) {
    const home = String(data.household_id);
    if (register.household(home) === null) return null;
    return { kind: "member", about: { new_in: home, household: home, again: id }, route: ["member", "new", home, id], values: { id, values: data } };
  }
  const seen = register.member(id);
  if (seen === null || "household_id" in data || data.left_on === null) return null;
  const about = { member: id, household: seen.data.household_id };
  const base = baseOf(register, id);
  const { left_on, left_reason } = data;
  const bases = basesOf(register, seen.data.household_id);
  if (left_on) return { kind: "leaving", about, route: ["member", id, "leave"], values: { left_on, left_reason, head: null, base, bases } };
  // what was typed of the citizen number is typed again: it may be what was wrong
  const values = changed({ ...seen.data, personal_id: null }, { ...data, personal_id: null }, base, seen.data);
  return { kind: "member", about, route: ["member", id], values };
}

const changed = (seen: Data, data: Data, base: number, before: Data = seen) => ({ values: { ...seen, ...data }, base, before: { ...before } });

function review({ register, reference }: Tablet, { data }: Work): Correction | null {
  const [home, roundId] = [data.household_id as Uuid, data.round_id as Uuid];
  const round = reference.value?.rounds.find((one) => one.id === roundId);
  if (round === undefined || register.household(home) === null) return null;
  const empty = emptyReview(round, today());
  const values = Object.fromEntries(Object.keys(empty).map((name) => [name, data[name] ?? empty[name as keyof ReviewValues]]));
  return { kind: "review", about: { household: home, round: roundId }, route: ["review", home, roundId], values };
}

function request({ register }: Tablet, { data }: Work): Correction | null {
  const home = data.household_id as Uuid;
  if (!home || register.household(home) === null) return null;
  const { kind, received_on, reason = null } = data;
  return { kind: "request", about: { household: home }, route: ["request", home], values: { id: uuid7(), kind, received_on, reason } };
}

/** Of a correction what it was made on is what the tablet holds now. */
function screening({ register }: Tablet, { id, base_version, data }: Work): Correction | null {
  const kept = register.kept(id);
  const requestId = (data.request_id ?? kept?.data.request_id) as Uuid | undefined;
  const home = requestId === undefined ? null : (register.request(requestId)?.data.household_id ?? null);
  if (home === null || register.household(home) === null) return null;
  const before = kept?.data ?? {};
  const { answers = {}, passed = null, reason = null, screened_on = today() } = { ...before, ...data };
  const base = base_version === null && kept === null ? null : baseOf(register, id);
  const about = { request: requestId!, household: home };
  return { kind: "screening", about, route: ["screening", requestId!], values: { answers, passed, reason, screened_on, base, before } };
}

function delivery({ register }: Tablet, { data }: Work): Correction | null {
  const line = data.sheet_line_id as Uuid | undefined;
  if (line === undefined || register.kept(line) === null) return null;
  const { delivered_on, received_by, note = null, attachments = [] } = data;
  const values = { id: uuid7(), delivered_on, received_by, note, attachments, refused: data.outcome === "refused" };
  return { kind: "delivery", about: { sheet_line: line, household: String(data.household_id) }, route: ["delivery", line], values };
}
