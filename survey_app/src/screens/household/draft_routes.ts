// Where a draft is gone on with, and whether it can be.

import { draftAbout, partOf } from "../../actions/drafts.ts";
import { movedTo, survivorOf } from "../../actions/moving.ts";
import type { Draft } from "../../disk/drafts.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { standing } from "./cases.ts";
import { paper } from "./screening/papers_of.ts";

const again = (about: Draft["about"]): string[] => (about.again === undefined ? [] : [about.again]);

/** Where a draft is gone on with; null: it is no form. */
export function routeOf({ kind, about }: Draft): string[] | null {
  const routes: Record<string, (string | undefined)[]> = {
    review: ["review", about.household, about.round],
    household: about.new_in === undefined ? ["household", about.household, "edit"] : ["household", "new", about.new_in, ...again(about)],
    member: about.new_in === undefined ? ["member", about.member] : ["member", "new", about.new_in, ...again(about)],
    leaving: ["member", about.member ?? about.back, "leave"],
    head: ["household", about.household, "head"],
    split: ["split", about.household],
    request: ["request", about.household],
    screening: ["screening", about.request],
    delivery: ["delivery", about.sheet_line],
  };
  const parts = routes[kind];
  return parts === undefined || parts.includes(undefined) ? null : (parts as string[]);
}

/** Is what it is about on the tablet, and still to be done? */
export function mayGoOn(tablet: Tablet, { kind, about }: Draft): boolean {
  const { register, reference } = tablet;
  if (kind === "delivery") return register.kept(about.sheet_line!) !== null;
  if (kind === "screening") {
    const request = register.request(about.request!);
    return request !== null && paper(tablet, request).open;
  }
  const person = partOf(about);
  if (person !== null) return register.member(person) !== null;
  if (about.household !== undefined && register.household(about.household) === null) return false;
  if (kind !== "review") return true;
  const round = reference.value?.rounds.find((one) => one.id === about.round);
  return round !== undefined && standing(tablet, about.household!, round)?.open === true;
}

/** Where a draft may go whose household was merged into another one. `but`: why it cannot. null: that is not what happened. */
export type Move = { into: Uuid; but: "not_here" | "begun_there" | "done_there" | null };

export function moveOf(tablet: Tablet, draft: Draft): Move | null {
  const into = survivorOf(tablet.merged.value, draft.about.household);
  if (into === null || partOf(draft.about) !== null || tablet.register.household(draft.about.household!) !== null) return null;
  if (tablet.register.household(into) === null) return { into, but: "not_here" };
  const moved = movedTo(tablet.register, draft, into);
  if (draftAbout(tablet.drafts.value, draft.kind, moved.about) !== null) return { into, but: "begun_there" };
  return { into, but: mayGoOn(tablet, moved) ? null : "done_there" };
}
