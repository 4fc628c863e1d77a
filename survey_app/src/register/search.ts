// Search without tone marks: "nguyen thi mau" finds Nguyễn Thị Mẫu, by any member's name, number, address or phone.
//
// What is shown of a household and searched in is worked out once, and again only where it or its people have changed: a
// list of 3,000 is looked through within one key press of a slow tablet.

import type { Draft } from "../disk/drafts.ts";
import type { Uuid } from "../wire.ts";
import type { HouseholdData, ListLine, MemberData, Register, Seen } from "./register.ts";

/** `hamlets`: in the order in which the list shows them. */
export type Asked = { text: string; roundId: string | null; visit: ListLine["visit"] | "all"; hamletId: string | null; hamlets?: Uuid[] };
export type Counts = Record<"all" | "to_do" | "draft" | "not_home" | "done", number>;

/** Lower case, without marks; đ is d. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

type Base = "to_do" | "not_home" | "done" | null;
type Card = {
  household: Seen<HouseholdData>;
  members: Seen<MemberData>[];
  head: string;
  /** in the order of the list */
  order: string;
  /** null until somebody searches */
  text: { plain: string; marked: string } | null;
  /** where it stands in a round, without what is only noted on this tablet */
  base: { roundId: string; visit: Base } | null;
};
type Index = { revision: number; byId: Map<Uuid, Card>; sorted: Card[] };
/** What was found last, and of what it depends on: another tab of the same list finds nothing anew. */
type Found = { of: unknown[]; byVisit: Map<Asked["visit"] | null, ListLine[]> };

const indexes = new WeakMap<Register, Index>();
const finds = new WeakMap<Register, Found>();

/** The lines of the list that fit, by number; `visit` narrows to a state of the round. Where a search is typed with its
 * tone marks, what has them comes first. */
export function listed(register: Register, drafts: Draft[], asked: Asked): ListLine[] {
  return found(register, drafts, asked).get(asked.visit) ?? [];
}

/** The same, of every state at once: the lines of `asked.visit`, and how many there are of each. */
export function counted(register: Register, drafts: Draft[], asked: Asked): { lines: ListLine[]; counts: Counts } {
  const byVisit = found(register, drafts, asked);
  const many = (visit: keyof Counts): number => byVisit.get(visit)?.length ?? 0;
  const counts: Counts = { all: many("all"), to_do: many("to_do"), draft: many("draft"), not_home: many("not_home"), done: many("done") };
  return { lines: byVisit.get(asked.visit) ?? [], counts };
}

function found(register: Register, drafts: Draft[], asked: Asked): Found["byVisit"] {
  const of = [register.revision, drafts, asked.text, asked.roundId, asked.hamletId, ...(asked.hamlets ?? [])];
  const last = finds.get(register);
  if (last !== undefined && last.of.length === of.length && of.every((one, at) => one === last.of[at])) return last.byVisit;
  const all = lines(register, drafts, asked);
  const byVisit: Found["byVisit"] = new Map([["all", all]]);
  for (const line of all) {
    const same = byVisit.get(line.visit);
    if (same === undefined) byVisit.set(line.visit, [line]);
    else same.push(line);
  }
  finds.set(register, { of, byVisit });
  return byVisit;
}

/** Who of the household was found, where it is not the head: else the line would not say why it is there. */
export function foundPerson(register: Register, householdId: Uuid, text: string): string | null {
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const fits = (name: string) => words.every((word) => plain(name).includes(word));
  const [head, ...others] = register.members(householdId).map((one) => one.data.full_name);
  if (head === undefined || fits(head)) return null;
  return others.find(fits) ?? null;
}

const SLICE = 50;

/** Works all of it out before the list is shown, in slices that leave the screen alive. */
export async function prepareList(register: Register, roundId: string | null): Promise<void> {
  const { revision } = register;
  const all = register.households();
  const byId = new Map<Uuid, Card>();
  for (const [place, { id }] of all.entries()) {
    const card = cardOf(register, id);
    if (card !== null) {
      byId.set(id, card);
      textOf(card);
      baseOf(register, card, roundId);
    }
    if (place % SLICE === SLICE - 1) await new Promise((resume) => setTimeout(resume));
  }
  indexes.set(register, { revision, byId, sorted: sorted(byId) });
}

function lines(register: Register, drafts: Draft[], asked: Asked): ListLine[] {
  const notes = notesOf(drafts, asked.roundId);
  return matching(arranged(register), asked).map((card) => {
    const { household, head, members } = card;
    return { household, head, people: members.length, visit: visitOf(baseOf(register, card, asked.roundId), notes, household.id) };
  });
}

function matching(all: Card[], { text, hamletId, hamlets = [] }: Asked): Card[] {
  const here = hamletId === null ? inOrder(all, hamlets) : all.filter((card) => card.household.data.hamlet_id === hamletId);
  const words = plain(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return here;
  const found = here.filter((card) => words.every((word) => textOf(card).plain.includes(word)));
  const marked = text.normalize("NFC").toLowerCase().trim();
  if (plain(text).trim() === marked) return found;
  const exact = new Set(found.filter((card) => textOf(card).marked.includes(marked)));
  return [...exact, ...found.filter((card) => !exact.has(card))];
}

function inOrder(all: Card[], hamlets: Uuid[]): Card[] {
  if (hamlets.length < 2) return all;
  const of = new Map<Uuid, Card[]>(hamlets.map((id) => [id, []]));
  for (const card of all) {
    const { hamlet_id } = card.household.data;
    const there = of.get(hamlet_id);
    if (there === undefined) of.set(hamlet_id, [card]);
    else there.push(card);
  }
  return [...of.values()].flat();
}

function textOf(card: Card): { plain: string; marked: string } {
  if (card.text === null) {
    const { household_no, address, phone } = card.household.data;
    const parts = [household_no, ...card.members.map((one) => one.data.full_name), address, phone, phone?.replace(/\D/g, "")];
    const marked = parts.filter(Boolean).join("\n").normalize("NFC").toLowerCase();
    card.text = { plain: plain(marked), marked };
  }
  return card.text;
}

/** All living households, by hamlet and number. Only what has changed since the last time is worked out again. */
function arranged(register: Register): Card[] {
  const known = indexes.get(register) ?? { revision: -1, byId: new Map<Uuid, Card>(), sorted: [] };
  if (known.revision === register.revision) return known.sorted;
  let moved = false;
  for (const id of register.changedSince(known.revision)) {
    const before = known.byId.get(id);
    const now = cardOf(register, id);
    if (now === null) known.byId.delete(id);
    else known.byId.set(id, now);
    moved ||= before?.order !== now?.order;
  }
  const list = moved ? sorted(known.byId) : known.sorted.map((card) => known.byId.get(card.household.id)!);
  indexes.set(register, { revision: register.revision, byId: known.byId, sorted: list });
  return list;
}

const sorted = (cards: Map<Uuid, Card>): Card[] => [...cards.values()].sort((one, other) => (one.order < other.order ? -1 : 1));

/** null: not on the list. */
function cardOf(register: Register, id: Uuid): Card | null {
  const household = register.household(id);
  if (household === null || (household.data.status ?? "active") !== "active") return null;
  const members = register.members(id);
  const head = members.find((one) => one.id === household.data.head_member_id) ?? members[0];
  return { household, members, head: head?.data.full_name ?? "", order: orderOf(household), text: null, base: null };
}

/** By number as it is read (2 before 10); what has none yet comes first. */
function orderOf({ id, data }: Seen<HouseholdData>): string {
  const number = (data.household_no ?? "").replace(/\d+/g, (digits) => digits.padStart(8, "0"));
  return `${data.hamlet_id} ${number} ${id}`; // a blank is before every digit
}

type Notes = { draft: Set<string>; not_home: Set<string> };

function notesOf(drafts: Draft[], roundId: string | null): Notes {
  const about = (kind: string) => {
    const ofRound = drafts.filter((one) => one.kind === kind && Object.values(one.about).includes(roundId ?? ""));
    return new Set(ofRound.flatMap((one) => Object.values(one.about)));
  };
  return { draft: about("review"), not_home: about("not_home") };
}

/** Codes of a case that the protocol fixes: nobody has asked this household yet. */
const AGAIN = "resurvey";
const TO_DO: readonly string[] = ["listed", "not_reached", AGAIN];

function baseOf(register: Register, card: Card, roundId: string | null): Base {
  if (roundId === null) return null;
  if (card.base?.roundId !== roundId) card.base = { roundId, visit: standsAt(register, roundId, card.household.id) };
  return card.base.visit;
}

function standsAt(register: Register, roundId: string, householdId: Uuid): Base {
  const found = register.caseOf(roundId, householdId);
  if (found === null) return null;
  const { stage, review_id } = found.data;
  if (!TO_DO.includes(stage) || (stage !== AGAIN && review_id)) return "done";
  if (register.of("review", householdId).some((review) => review.waiting && review.data.round_id === roundId)) return "done";
  return stage === "not_reached" ? "not_home" : "to_do";
}

function visitOf(base: Base, notes: Notes, householdId: Uuid): ListLine["visit"] {
  if (base === null || base === "done") return base;
  if (notes.draft.has(householdId)) return "draft";
  return notes.not_home.has(householdId) ? "not_home" : base;
}
