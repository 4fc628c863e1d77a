// The JSON of the sync protocol, version 1 (docs/sync-protocol.md): what comes and goes, and nothing of how it is kept.

export type Uuid = string;
/** ISO, a day: 2024-10-05 */
export type Day = string;
/** RFC 3339, with its offset */
export type Instant = string;
export type Words = { vi: string; en: string };

export type Entity = "household" | "member" | "review" | "request" | "screening" | "delivery" | "review_case" | "sheet_line";
/** The fields of a record as records say them; unknown ones are kept and sent back as they came. */
export type Data = Record<string, unknown>;

export type Info = {
  protocol: number;
  max_submissions: number;
  max_bytes: number;
  max_attachment_bytes: number;
  attachment_types: string[];
  attachment_chunk_bytes: number;
  server_time: Instant;
  epoch: string;
};

export type Submission = {
  submission_id: Uuid;
  seq: number;
  entity: Entity;
  id: Uuid;
  base_version: number | null;
  recorded_at: Instant;
  data: Data;
};

export type OutcomeKind = "applied" | "merged" | "conflict" | "held" | "rejected" | "quarantined";

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail?: string;
  titles?: Words;
  details?: Words;
  errors?: { pointer: string; code: string; detail: string; details?: Words }[];
  [extra: string]: unknown;
};

export type Outcome = {
  submission_id: Uuid;
  outcome: OutcomeKind;
  entity: Entity;
  id: Uuid;
  version: number | null;
  replayed: boolean;
  result: Data | null;
  problem: Problem | null;
  conflict_id: Uuid | null;
  /** the record that it waits for: its household, or itself */
  waiting_for: Uuid | null;
};

export type Receipt = {
  batch_id: Uuid;
  epoch: string;
  server_time: Instant;
  durable_through: number;
  outcomes: Outcome[];
};

/** `GET /sync/v1/submissions`: the outcomes as they are now. */
export type OutcomePage = { items: Outcome[]; after_seq: number | null; epoch: string; durable_through: number };

export type Change = {
  entity: Entity;
  id: Uuid;
  version: number;
  op: "put" | "remove";
  area_id?: Uuid | null;
  data?: Data;
  reason?: "left-area" | "deleted" | "merged";
  into?: Uuid | null;
};

export type ChangePage = { epoch: string; cursor: string; more: boolean; server_time: Instant; changes: Change[] };

export type Area = {
  id: Uuid;
  code: string;
  level: "province" | "district" | "commune" | "hamlet";
  name: string;
  full_name: string;
  parent_id: Uuid | null;
  area_type: string | null;
  region: string | null;
};

/** What a round asks for beside the answers; each is off unless the commune has switched it on. */
export type Evidence = "photo" | "signature" | "position";

export type Round = {
  id: Uuid;
  area_id: Uuid;
  kind: string;
  year: number;
  standard_code: string;
  standard_version: number;
  training: boolean;
  opens_on: Day;
  closes_on: Day;
  evidence?: Evidence[];
};

export type Option = { code: string; label: Words };
export type CodeList = { code: string; values: Option[] };

export type Question = {
  code: string;
  type: "single" | "multi" | "boolean" | "number" | "date" | "text";
  label: Words;
  section: string;
  required: boolean;
  options: Option[];
  min: number | null;
  max: number | null;
  decimals?: number;
  /** JSONLogic over `answers`; true where it is always asked */
  visible_if: unknown;
};

export type Form = {
  code: string;
  version: number;
  sha256: string;
  label?: Words;
  /** what is to be known of the form, such as that its questions are not */
  note?: string | null;
  questions: Question[];
  /** of form A: JSONLogic over `answers`, does it lead to form B? null while the rule is not known */
  needs_b_if?: unknown;
  /** all that src/scoring/ reads */
  scoring: Record<string, any>;
};

export type Serving = { id: Uuid; kind: string; title: string; policy: string | null; year: number; area_id: Uuid };

export type Reference = {
  areas: Area[];
  rounds: Round[];
  codes: CodeList[];
  forms: Form[];
  interventions: Serving[];
};

export type Attachment = { sha256: string; size: number; media_type: string; purpose: string };
export type AttachmentState = {
  sha256: string;
  size: number;
  media_type: string;
  received: number;
  complete: boolean;
  durable: boolean;
};
