// The records of this tablet in memory: what was pulled, and over it what was written here and is not pulled yet.

import type { Data, Entity, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";

/** A record as it was pulled. */
export type Kept = { entity: Entity; id: Uuid; version: number; area_id: Uuid | null; data: Data; life: number };

/** A record as the surveyor sees it. `version` null: made here and not yet on the server. */
export type Seen<Fields = Data> = { entity: Entity; id: Uuid; version: number | null; data: Fields; waiting: boolean };

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

/** A line of the list of households. `visit`: of the round chosen; null where it is not on its list. */
export type ListLine = {
  household: Seen<HouseholdData>;
  head: string;
  people: number;
  visit: "to_do" | "draft" | "not_home" | "done" | null;
};

/** Changed only through `put`, `remove` and `overlay`; the disk is written first (disk/pages.ts, disk/outbox.ts). */
export class Register {
  /** raised with every change: what is shown depends on it */
  revision = 0;

  put(_record: Kept): void {
    throw new Error("to be built");
  }

  remove(_id: Uuid): void {
    throw new Error("to be built");
  }

  /** The outbox as it is now: its work that no pull has brought back yet lies over the records. */
  overlay(_outbox: Work[]): void {
    throw new Error("to be built");
  }

  /** As it was pulled, without what waits: what a change is made on, and what digests are reckoned over. */
  kept(_id: Uuid): Kept | null {
    throw new Error("to be built");
  }

  allKept(): Iterable<Kept> {
    throw new Error("to be built");
  }

  household(_id: Uuid): Seen<HouseholdData> | null {
    throw new Error("to be built");
  }

  households(): Seen<HouseholdData>[] {
    throw new Error("to be built");
  }

  /** Those who live there (with `all`: also who has left), the head first. */
  members(_householdId: Uuid, _all = false): Seen<MemberData>[] {
    throw new Error("to be built");
  }

  member(_id: Uuid): Seen<MemberData> | null {
    throw new Error("to be built");
  }

  /** Records of another kind that name the household: requests, deliveries, sheet lines, cases. */
  of(_entity: Entity, _householdId: Uuid): Seen[] {
    throw new Error("to be built");
  }

  caseOf(_roundId: Uuid, _householdId: Uuid): Seen<CaseData> | null {
    throw new Error("to be built");
  }
}
