// The records of this tablet in memory: what was pulled, and over it what was written here and is not pulled yet.

import { laid, type Seen } from "./overlay.ts";
import type { Data, Entity, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";

export type { Seen } from "./overlay.ts";

/** A record as it was pulled. */
export type Kept = { entity: Entity; id: Uuid; version: number; area_id: Uuid | null; data: Data; life: number };

export type HouseholdData = Data & {
  hamlet_id: Uuid;
  household_no: string | null;
  address: string | null;
  phone: string | null;
  note: string | null;
  residence: string;
  head_member_id: Uuid | null;
  status?: string;
  current_class?: string | null;
};
export type MemberData = Data & {
  household_id: Uuid;
  full_name: string;
  sex: string;
  birth_date: string | null;
  birth_year: number | null;
  relation_to_head: string;
  left_on: string | null;
};
/** On the list of a round: this household is to be visited. */
export type CaseData = Data & { round_id: Uuid; household_id: Uuid; stage: string; ground: string; review_id: Uuid | null };

/** A paper (Mẫu 01, 04) that a household handed in; `refused_on`, `refusal_number`: the letter by which it is refused, told by the server. */
export type RequestData = Data & {
  household_id: Uuid | null;
  kind: string;
  received_on: string;
  refused_on?: string | null;
  refusal_number?: string | null;
};
/** The result of Phiếu A of a request. */
export type ScreeningData = Data & {
  request_id: Uuid;
  form: { code: string; version: number } | null;
  passed: boolean;
  reason: string | null;
  answers: Data | null;
  screened_on: string;
};

/** A line of the list of households. `visit`: of the round chosen; null where it is not on its list. */
export type ListLine = {
  household: Seen<HouseholdData>;
  head: string;
  people: number;
  visit: "to_do" | "draft" | "not_home" | "done" | null;
};

/** How many pages the records lie in on the disk (disk/pages.ts): by the last byte of the household's id. */
export const PAGES = 256;

/** Where a record lies: with its household. */
export function pageOf({ id, data }: Pick<Kept, "id" | "data">): number {
  const home = typeof data.household_id === "string" ? data.household_id : id;
  const page = Number.parseInt(home.slice(-2), 16);
  return Number.isNaN(page) ? 0 : page;
}

/** Changed only through `put`, `remove` and `overlay`; the disk is written first (disk/pages.ts, disk/outbox.ts). */
export class Register {
  /** raised with every change: what is shown depends on it */
  revision = 0;
  readonly #kept = new Map<Uuid, Kept>();
  readonly #pages = Array.from({ length: PAGES }, () => new Map<Uuid, Kept>());
  /** the outbox by record, in the order of work */
  #work = new Map<Uuid, Work[]>();
  /** what is seen, where it has been asked for since it changed */
  readonly #seen = new Map<Uuid, Seen | null>();
  /** kind and household (or person or request, where a record names only that) -> ids that name it now or did */
  readonly #near = new Map<string, Set<Uuid>>();
  /** the other way round: record -> what it names now or did */
  readonly #owners = new Map<Uuid, Uuid[]>();
  /** household -> all its people in order, where it has been asked for since one of them changed */
  readonly #people = new Map<Uuid, Seen<MemberData>[]>();
  readonly #homes = new Set<Uuid>();
  /** household -> the revision at which it, or what names it, changed last */
  readonly #touched = new Map<Uuid, number>();
  #list: { revision: number; homes: Seen<HouseholdData>[] } | null = null;

  put(record: Kept): void {
    const known = this.#kept.get(record.id);
    if (known !== undefined) this.#pages[pageOf(known)]!.delete(record.id);
    this.#kept.set(record.id, record);
    this.#pages[pageOf(record)]!.set(record.id, record);
    this.#noted(record.entity, record.id, record.data);
    this.#changed(record.id, known?.data, record.data);
  }

  remove(id: Uuid): void {
    const known = this.#kept.get(id);
    if (known === undefined) return;
    this.#pages[pageOf(known)]!.delete(id);
    this.#kept.delete(id);
    this.#changed(id, known.data);
  }

  /** The outbox as it is now: its work that no pull has brought back yet lies over the records. */
  overlay(outbox: Work[]): void {
    const work = new Map<Uuid, Work[]>();
    for (const one of outbox) {
      const known = work.get(one.id);
      if (known === undefined) work.set(one.id, [one]);
      else known.push(one);
    }
    const before = this.#work;
    this.#work = work;
    for (const [id, now] of work) {
      if (isSame(now, before.get(id))) continue;
      for (const one of now) this.#noted(one.entity, id, one.data);
      this.#changed(id, this.#kept.get(id)?.data, ...now.map((one) => one.data), ...(before.get(id) ?? []).map((one) => one.data));
    }
    for (const [id, works] of before) if (!work.has(id)) this.#changed(id, this.#kept.get(id)?.data, ...works.map((one) => one.data));
  }

  /** As it was pulled, without what waits: what a change is made on, and what digests are reckoned over. */
  kept(id: Uuid): Kept | null {
    return this.#kept.get(id) ?? null;
  }

  allKept(): Iterable<Kept> {
    return this.#kept.values();
  }

  /** What lies in a page of the disk. */
  page(page: number): Kept[] {
    return [...this.#pages[page]!.values()];
  }

  household(id: Uuid): Seen<HouseholdData> | null {
    return this.#seenAs<HouseholdData>("household", id);
  }

  /** All that are on this tablet, whatever their status. */
  households(): Seen<HouseholdData>[] {
    if (this.#list?.revision !== this.revision) {
      const homes = [...this.#homes].map((id) => this.household(id)).filter((one) => one !== null);
      this.#list = { revision: this.revision, homes };
    }
    return this.#list.homes;
  }

  /** The households that changed after this revision, or whose people and cases did. */
  changedSince(revision: number): Uuid[] {
    return [...this.#touched].filter(([, at]) => at > revision).map(([id]) => id);
  }

  /** Those who live there (with `all`: also who has left), the head first, then by age. */
  members(householdId: Uuid, all = false): Seen<MemberData>[] {
    let people = this.#people.get(householdId);
    if (people === undefined) {
      people = this.#inOrder(householdId);
      this.#people.set(householdId, people);
    }
    return people.filter((one) => all || one.data.left_on == null);
  }

  member(id: Uuid): Seen<MemberData> | null {
    return this.#seenAs<MemberData>("member", id);
  }

  /** Records of another kind that name the household, or only a person of it: requests, deliveries, sheet lines, cases. */
  of(entity: Entity, householdId: Uuid): Seen[] {
    if (entity === "member") return this.members(householdId, true);
    const people = this.members(householdId, true).flatMap((one) => this.#by(entity, one.id));
    return [...this.#by(entity, householdId), ...people];
  }

  caseOf(roundId: Uuid, householdId: Uuid): Seen<CaseData> | null {
    return this.#by<CaseData>("review_case", householdId).find((one) => one.data.round_id === roundId) ?? null;
  }

  request(id: Uuid): Seen<RequestData> | null {
    return this.#seenAs<RequestData>("request", id);
  }

  screening(id: Uuid): Seen<ScreeningData> | null {
    return this.#seenAs<ScreeningData>("screening", id);
  }

  /** The result of Phiếu A of a request; a request has one. */
  screeningOf(requestId: Uuid): Seen<ScreeningData> | null {
    return this.#by<ScreeningData>("screening", requestId)[0] ?? null;
  }

  #inOrder(householdId: Uuid): Seen<MemberData>[] {
    const head = this.household(householdId)?.data.head_member_id ?? null;
    const rank = ({ id, data }: Seen<MemberData>): number => (id === head ? 0 : data.relation_to_head === "head" ? 1 : 2);
    const found = this.#by<MemberData>("member", householdId);
    return found.sort((one, other) => rank(one) - rank(other) || compared(bornOf(one), bornOf(other)) || compared(one.id, other.id));
  }

  #by<Fields extends Data = Data>(entity: Entity, owner: Uuid): Seen<Fields>[] {
    const ids = this.#near.get(`${entity}:${owner}`);
    const found = [...(ids ?? [])].map((id) => this.#seenAs<Fields>(entity, id)).filter((one) => one !== null);
    return found.filter((one) => ownerOf(one.data) === owner);
  }

  #seenAs<Fields>(entity: Entity, id: Uuid): Seen<Fields> | null {
    let seen = this.#seen.get(id);
    if (seen === undefined) {
      seen = laid(this.#kept.get(id) ?? null, this.#work.get(id) ?? []);
      this.#seen.set(id, seen);
    }
    return seen?.entity === entity ? (seen as Seen<Fields>) : null;
  }

  #noted(entity: Entity, id: Uuid, data: Data): void {
    if (entity === "household") this.#homes.add(id);
    const owner = ownerOf(data);
    if (owner === null) return;
    const key = `${entity}:${owner}`;
    const ids = this.#near.get(key);
    if (ids === undefined) this.#near.set(key, new Set([id]));
    else ids.add(id);
    const owners = this.#owners.get(id);
    if (owners === undefined) this.#owners.set(id, [owner]);
    else if (!owners.includes(owner)) owners.push(owner);
  }

  /** `data`: what it says, before and now: both households that a person moves between have changed. */
  #changed(id: Uuid, ...data: (Data | undefined)[]): void {
    this.#seen.delete(id);
    this.#people.delete(id); // its head may be another
    for (const owner of this.#owners.get(id) ?? []) this.#people.delete(owner);
    this.revision += 1;
    if (this.#homes.has(id)) this.#touched.set(id, this.revision);
    for (const one of data) if (typeof one?.household_id === "string") this.#touched.set(one.household_id, this.revision);
  }
}

function ownerOf(data: Data): Uuid | null {
  const owner = data.household_id ?? data.member_id ?? data.request_id;
  return typeof owner === "string" ? owner : null;
}

const isSame = (now: Work[], before: Work[] | undefined): boolean =>
  before !== undefined && now.length === before.length && now.every((one, at) => one === before[at]);

const bornOf = ({ data }: Seen<MemberData>): string => data.birth_date ?? `${data.birth_year ?? 9999}-99`;
const compared = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
