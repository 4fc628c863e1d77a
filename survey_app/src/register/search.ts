// Search without tone marks: "nguyen thi mau" finds Nguyễn Thị Mẫu, by any member's name, number, address or phone.
//
// What is searched in is worked out once for a household, and again only where it or its people have changed: a list of
// 3,000 is looked through within one key press of a slow tablet.

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

type Card = {
  household: Seen<HouseholdData>;
  members: Seen<MemberData>[];
  head: string;
  /** in the order of the list */
  order: string;
  /** null until somebody searches */
  text: { plain: string; marked: string } | null;
};

const cards = new WeakMap<Register, { revision: number; byId: Map<Uuid, Card>; sorted: Card[] }>();

/** The lines of the list that fit, by number; `visit` narrows to a state of the round. Where a search is typed with its
 * tone marks, what has them comes first. */
export function listed(register: Register, drafts: Draft[], asked: Asked): ListLine[] {
  return lines(register, drafts, asked).filter((line) => asked.visit === "all" || line.visit === asked.visit);
}

/** The same, of every state at once: the lines of `asked.visit`, and how many there are of each. */
export function counted(register: Register, drafts: Draft[], asked: Asked): { lines: ListLine[]; counts: Counts } {
  const found = lines(register, drafts, asked);
  const counts: Counts = { all: found.length, to_do: 0, draft: 0, not_home: 0, done: 0 };
  for (const { visit } of found) if (visit !== null) counts[visit] += 1;
  return { lines: asked.visit === "all" ? found : found.filter((line) => line.visit === asked.visit), counts };
}

/** Who of the household was found, where it is not the head: else the line would not say why it is there. */
export function foundPerson(register: Register, householdId: Uuid, text: string): string | null {
  const words = plain(text).split(/\s+/).filter(Boolean);
  const fits = (name: string) => words.every((word) => plain(name).includes(word));
  const [head, ...others] = register.members(householdId).map((one) => one.data.full_name);
  if (words.length === 0 || head === undefined || fits(head)) return null;
  return others.find(fits) ?? null;
}

/** Works out what is searched in, in slices that leave the screen alive. */
export async function prepareSearch(register: Register): Promise<void> {
  const known = arranged(register);
  for (let place = 0; place < known.length; place += 100) {
    for (const card of known.slice(place, place + 100)) textOf(card);
    await new Promise((resume) => setTimeout(resume));
  }
}

function lines(register: Register, drafts: Draft[], asked: Asked): ListLine[] {
  const notes = notesOf(drafts, asked.roundId);
  return matching(arranged(register), asked).map(({ household, members, head }) => ({
    household,
    head,
    people: members.length,
    visit: visitOf(register, notes, asked.roundId, household.id),
  }));
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

/** All living households, by hamlet and number. */
function arranged(register: Register): Card[] {
  const known = cards.get(register);
  if (known?.revision === register.revision) return known.sorted;
  const byId = new Map<Uuid, Card>();
  let same = known !== undefined;
  for (const household of register.households()) {
    if ((household.data.status ?? "active") !== "active") continue;
    const members = register.members(household.id);
    const before = known?.byId.get(household.id);
    const kept = before !== undefined && unchanged(before, household, members);
    same &&= kept && before.order === orderOf(household);
    byId.set(household.id, kept ? { ...before, household, members } : newCard(household, members));
  }
  const sorted = same && known!.byId.size === byId.size ? known!.sorted.map((card) => byId.get(card.household.id)!) : [...byId.values()].sort((one, other) => (one.order < other.order ? -1 : 1));
  cards.set(register, { revision: register.revision, byId, sorted });
  return sorted;
}

/** The data of a record is replaced, never changed: the same object is the same record. */
function unchanged(card: Card, household: Seen<HouseholdData>, members: Seen<MemberData>[]): boolean {
  return card.household.data === household.data && card.members.length === members.length && card.members.every((one, place) => one.data === members[place]!.data);
}

function newCard(household: Seen<HouseholdData>, members: Seen<MemberData>[]): Card {
  const head = members.find((one) => one.id === household.data.head_member_id) ?? members[0];
  return { household, members, head: head?.data.full_name ?? "", order: orderOf(household), text: null };
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
const TO_DO: readonly string[] = ["listed", "not_reached", "resurvey"];

function visitOf(register: Register, notes: Notes, roundId: string | null, householdId: Uuid): ListLine["visit"] {
  const found = roundId === null ? null : register.caseOf(roundId, householdId);
  if (found === null) return null;
  const { stage } = found.data;
  const again = stage === "resurvey";
  if (!TO_DO.includes(stage)) return "done";
  if (register.of("review", householdId).some((review) => review.waiting && review.data.round_id === roundId)) return "done";
  if (notes.draft.has(householdId)) return "draft";
  if (!again && found.data.review_id) return "done";
  return notes.not_home.has(householdId) || stage === "not_reached" ? "not_home" : "to_do";
}
