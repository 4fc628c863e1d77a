// A day of this app as it goes over the wire, recorded in tests/vectors/traffic: the server is tried with it for as long as
// there may be such tablets (tests/mobile_sync/test_traffic.py). What is recorded never changes, for it is on the road.
// Where the app sends something else, that is a new generation: name it here, and run this once with RECORD_TRAFFIC=1.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { newProfile } from "../disk/opened.ts";
import { baseOf } from "../../src/actions/changes.ts";
import { changeHead, changeHousehold, newHousehold, splitHousehold } from "../../src/actions/households.ts";
import { newDelivery, newRequest, newReview, newScreening } from "../../src/actions/papers.ts";
import { changeMember, leave, newMember, stay } from "../../src/actions/people.ts";
import { addWork, type NewWork, outboxNow } from "../../src/disk/outbox.ts";
import { emptyReview } from "../../src/forms/review.ts";
import { uuid5 } from "../../src/ids.ts";
import type { Call, Line } from "../../src/line/line.ts";
import { push } from "../../src/line/push.ts";
import { openTablet, shown, type Tablet } from "../../src/tablet.ts";
import type { Attachment, Data, Form, Info, Question, Reference, Round, Submission } from "../../src/wire.ts";

const NEWEST = "survey-app-2";
const VECTORS = new URL("../../../tests/vectors/", import.meta.url);
const FILE = new URL(`traffic/${NEWEST}.json`, VECTORS);

type Codes = { lists: Record<string, string[]>; standards: Record<string, { indicators: string[]; forms: Record<string, Record<string, string[]>> }> };
type Batch = { batch_id: string; device_id: string; sent_at: string; oldest_pending_at: string | null; submissions: Submission[] };

const codes: Codes = JSON.parse(readFileSync(new URL("codes.json", VECTORS), "utf-8"));
const standard = codes.standards["vn-2022/1"]!;
const list = (name: string): string[] => codes.lists[name]!;
const pick = (name: string, n: number): string => list(name)[n % list(name).length]!;
const count = (many: number): number[] => Array.from({ length: many }, (_, n) => n);

/** Fixed ids, and what is only known where the traffic is played: "@round", "@intervention", "@line 1". */
const ID = (kind: number, n: number): string => `0192f4a0-000${kind}-7000-8000-${String(n).padStart(12, "0")}`;
const home = (n: number): string => ID(1, n);
const person = (n: number): string => ID(2, n);
const HAMLET = "69a2a8ea-a202-51f9-96ac-479bed1b93ab"; // 14080-03
const IN_A_HOME = 5;
const HOMES = Math.ceil(list("ethnicity").length / IN_A_HOME);

const ROUND: Round = {
  id: "@round", area_id: "a", kind: "periodic", year: 2024, standard_code: "vn-2022", standard_version: 1, training: false,
  opens_on: "2024-09-01", closes_on: "2024-12-14", evidence: ["photo", "signature", "position"],
};
const NUMBERS: Data = { electricity_kwh: 80, cattle: 2, pigs: 3, poultry: 20, floor_area: 45.5 };
const SEVERAL = ["assets", "land"];
const words = { vi: "", en: "" };

/** Of the standard, as far as the app needs it to say what was answered. */
const FORM: Form = {
  code: "form-b", version: 1, sha256: "", scoring: {},
  questions: Object.entries(standard.forms["form-b"]!).map(([code, options]): Question => ({
    code, label: words, section: "b1", required: false, min: null, max: null, visible_if: true,
    type: code in NUMBERS ? "number" : SEVERAL.includes(code) ? "multi" : options.length > 0 ? "single" : "boolean",
    options: options.map((one) => ({ code: one, label: words })),
  })),
};

/** A tablet whose line leads to somebody who takes everything, and keeps what came. */
async function recorder(): Promise<{ tablet: Tablet; batches: Batch[] }> {
  const tablet = await openTablet(await newProfile(), () => undefined);
  tablet.reference.value = { areas: [], rounds: [ROUND], codes: [], forms: [FORM], interventions: [] } satisfies Reference;
  const batches: Batch[] = [];
  const call = async (_method: string, _path: string, { body }: Call): Promise<Response> => {
    const batch: Batch = JSON.parse(gunzipSync(new Uint8Array(body as ArrayBuffer)).toString());
    batches.push(batch);
    const outcomes = batch.submissions.map(({ submission_id, entity, id, base_version }) => ({
      submission_id, entity, id, outcome: "applied", version: (base_version ?? 0) + 1, replayed: false, result: null, problem: null, conflict_id: null, waiting_for: null,
    }));
    return Response.json({ batch_id: batch.batch_id, epoch: "e", server_time: batch.sent_at, durable_through: 0, outcomes });
  };
  tablet.line = { call } as unknown as Line;
  return { tablet, batches };
}

async function does(tablet: Tablet, ...works: NewWork[]): Promise<void> {
  await addWork(tablet.opened, works);
  shown(tablet, outboxNow(tablet.opened));
}

const sends = (tablet: Tablet): Promise<number> => push(tablet, { max_submissions: 1000, max_bytes: 1 << 24 } as Info, () => undefined);

const opening = (tablet: Tablet, id: string) =>
  ({ id, base: baseOf(tablet.register, id), before: { ...(tablet.register.member(id) ?? tablet.register.household(id))!.data } });
const relationOf = (tablet: Tablet, id: string) => ({ id, base: baseOf(tablet.register, id), relation: tablet.register.member(id)!.data.relation_to_head });

/** The n-th of all people: among them every code that a person can have. */
function personValues(n: number): Data {
  const beside = list("relation").filter((one) => one !== "head");
  const born = 1950 + n;
  return {
    full_name: `Nguyễn Thị ${String.fromCharCode(65 + (n % 26))}`, sex: pick("sex", n),
    ...(n % 2 === 0 ? { birth_year: born } : { birth_date: `${born}-0${1 + (n % 9)}-11` }),
    relation_to_head: beside[n % beside.length], ethnicity: pick("ethnicity", n), personal_id: n % 4 === 0 ? `036 190 ${String(n).padStart(6, "0")}` : "",
    schooling: pick("schooling", n), right_level: [true, false, null][n % 3], qualification: pick("qualification", n),
    labour_status: pick("labour_status", n), labour_contract: [true, false, null][n % 3], occupation: n % 3 === 0 ? " Làm ruộng " : null,
    health_insurance: n % 2 === 0, social_allowance: n % 5 === 0, pension: n % 7 === 0, merit_person: n % 11 === 0,
    disability: pick("disability", n), nutrition: pick("nutrition", n),
  };
}

function homeValues(n: number): Data {
  const unable = n % 4 === 0;
  return {
    household_no: String(n + 1), address: `Nhà ${n + 1}, đường trục xóm`, phone: "0912000000", note: n % 3 === 0 ? "Nhà dột" : "", residence: pick("residence", n),
    no_labour_capacity: unable, no_labour_capacity_ground: unable ? "Ốm dài ngày" : null,
  };
}

/** The register as it is first written down. */
async function written(tablet: Tablet): Promise<void> {
  for (const n of count(HOMES)) {
    const people = count(IN_A_HOME).map((k) => ({ id: person(n * IN_A_HOME + k), values: personValues(n * IN_A_HOME + k) }));
    await does(tablet, ...newHousehold(home(n), HAMLET, homeValues(n), people, people[0]!.id));
  }
  await does(tablet, newMember(person(60), home(0), personValues(60)));
}

/** What is changed of it, on the same day and later. */
async function changed(tablet: Tablet): Promise<void> {
  await does(tablet, ...changeHousehold(opening(tablet, home(0)), { ...homeValues(0), phone: "0912 345 678", note: "Đã lợp mái", no_labour_capacity: false }));
  const first = tablet.register.member(person(0))!.data;
  await does(tablet, ...changeMember(opening(tablet, person(0)), { ...first, personal_id: "036050000001", birth_date: "1950-02-01", occupation: null, schooling: "none" }));
  for (const [n, reason] of list("left_reason").entries()) await does(tablet, leave(opening(tablet, person(n * IN_A_HOME + 4)), "2024-10-01", reason));
  await does(tablet, stay(opening(tablet, person(4)), "parent"));
  await does(tablet, ...changeHead(opening(tablet, home(6)), relationOf(tablet, person(31)), { ...relationOf(tablet, person(30)), becomes: "parent" }));
  const leaving = [36, 37].map((n) => ({ ...relationOf(tablet, person(n)), becomes: "child" }));
  await does(tablet, ...splitHousehold(home(901), tablet.register.household(home(7))!.data, { household_no: "78" }, leaving, person(36)));
}

/** Requests of every kind, with Phiếu A where there is one; one result is corrected. */
async function asked(tablet: Tablet): Promise<void> {
  for (const [n, kind] of [...list("request_kind"), "review"].entries()) {
    await does(tablet, newRequest(ID(3, n), home(n), { kind, received_on: "2024-10-02", reason: n % 2 === 0 ? "Mới tách hộ" : "" }));
    if (kind !== "review") continue;
    const values = { answers: {}, passed: n === 0, reason: "Nhà dột, mất việc", screened_on: "2024-10-03", base: null, before: {} };
    const id = await uuid5(ID(3, n), "screening");
    await does(tablet, ...newScreening(id, ID(3, n), null, values));
    if (n === 0) continue;
    const before = { ...values, form: null } as Data;
    await does(tablet, ...newScreening(id, ID(3, n), null, { ...values, passed: true, reason: "Đã xem lại nhà", base: 1, before }));
  }
}

const file = (n: number, purpose: string): Attachment => ({ sha256: String(n).padStart(64, "a"), size: 120_000, media_type: "image/jpeg", purpose });

function answersOf(n: number): Data {
  return Object.fromEntries(FORM.questions.map(({ code, type, options }) => {
    const all = options.map((one) => one.code);
    if (type === "number") return [code, NUMBERS[code]];
    if (type === "multi") return [code, n === 0 ? all : all.slice(0, n % all.length)];
    return [code, type === "single" ? all[n % all.length] : n % 2 === 0];
  }));
}

async function reviewed(tablet: Tablet): Promise<void> {
  for (const n of count(8)) {
    const deprivations = n === 0 ? standard.indicators : standard.indicators.slice(0, n % 4);
    const found = { assessment: { b1: 100 + n, b2: 10 * deprivations.length, proposed_class: pick("poverty_class", n), deprivations }, contradictions: [] } as never;
    const values = {
      ...emptyReview(ROUND, "2024-10-05"), answers: answersOf(n), people_confirmed: true, respondent: n % 2 === 0 ? "Chủ hộ" : null, paper_no: `B-${n + 1}`, b1_entered: 100 + n,
      causes: [pick("cause", n), "other"].slice(0, 1 + (n % 2)), needs: [pick("need", n)], attachments: n === 0 ? [file(1, "house"), file(2, "signature")] : [],
      position: n === 0 ? { lat: 20.2, lon: 106.25, accuracy_m: 12 } : null,
    };
    await does(tablet, newReview({ id: ID(4, n), householdId: home(n), round: ROUND, form: FORM, pointsComputed: false }, values, found));
  }
}

/** What each line of a signing sheet says. */
const LINES: Data[] = [
  { form: "cash", paid_by: "hand", amount_vnd: 175_000 },
  { form: "cash", paid_by: "account", amount_vnd: 500_000, member_id: person(5) },
  { form: "in_kind", quantity: 10.5, unit: "kg" },
  { form: "service", quantity: 1, unit: "buổi" },
  { form: "cash", paid_by: "hand", amount_vnd: 175_000 },
];

async function handedOut(tablet: Tablet): Promise<void> {
  for (const [n, said] of LINES.entries()) {
    const data = { intervention_id: "@intervention", household_id: home(n), member_id: null, paid_by: null, amount_vnd: null, quantity: null, unit: null, title: "x", state: "awaited", ...said };
    const values = { delivered_on: "2024-11-20", received_by: "Chủ hộ", refused: n === 4, note: n === 4 ? "Không nhận" : null, attachments: n === 0 ? [file(3, "signature")] : [] };
    await does(tablet, newDelivery(ID(5, n), { id: `@line ${n}`, data }, values));
  }
}

/** Without what is another at every time: ids of submissions and batches, the tablet, the clock. */
const alike = (batches: Batch[]) =>
  batches.map(({ batch_id: _batch, device_id: _device, sent_at: _at, oldest_pending_at: _since, submissions, ...said }) =>
    ({ ...said, submissions: submissions.map(({ submission_id: _id, recorded_at: _when, ...one }) => one) }));

/** A line for each submission. */
function asText(batches: Batch[]): string {
  const each = batches.map(({ submissions, ...said }) => {
    const head = JSON.stringify({ ...said, device_id: "@device" }).slice(0, -1);
    return `${head}, "submissions": [\n${submissions.map((one) => JSON.stringify(one)).join(",\n")}\n]}`;
  });
  return `{"app": "survey-app", "batches": [\n${each.join(",\n")}\n]}\n`;
}

test("the app sends what was recorded of its generation", async () => {
  const { tablet, batches } = await recorder();
  for (const part of [written, changed, asked, reviewed, handedOut]) {
    await part(tablet);
    await sends(tablet);
  }
  if (process.env.RECORD_TRAFFIC !== undefined && !existsSync(FILE)) writeFileSync(FILE, asText(batches));
  const recorded: { batches: Batch[] } = JSON.parse(readFileSync(FILE, "utf-8"));
  assert.deepEqual(alike(batches), alike(recorded.batches), "a new generation: see the head of this file");
});
