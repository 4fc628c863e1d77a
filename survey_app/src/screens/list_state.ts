// What the surveyor has chosen on the list: it goes with the tablet, so a search for a name does not outlive the lock.

import { type Signal, signal } from "@preact/signals";

import { today } from "../ids.ts";
import type { ListLine } from "../register/register.ts";
import type { Tablet } from "../tablet.ts";
import type { Round } from "../wire.ts";

export type Visit = NonNullable<ListLine["visit"]> | "all";
export type ListState = { text: string; visit: Visit; roundId: string | null; hamletId: string | null; scroll: number };

const states = new WeakMap<Tablet, Signal<ListState>>();

export function listState(tablet: Tablet): Signal<ListState> {
  const known = states.get(tablet);
  if (known !== undefined) return known;
  const made = signal<ListState>({ text: "", visit: "to_do", roundId: null, hamletId: null, scroll: 0 });
  states.set(tablet, made);
  return made;
}

/** The round that is chosen; else the open one that opened last, else the newest. */
export function roundOf(rounds: Round[], chosen: string | null, on: string = today()): Round | null {
  const found = rounds.find((one) => one.id === chosen);
  if (found !== undefined) return found;
  const newest = [...rounds].sort((one, other) => (one.opens_on < other.opens_on ? 1 : -1));
  return newest.find((one) => one.opens_on <= on && on <= one.closes_on) ?? newest[0] ?? null;
}
