// What of a household is not on the server yet, or was not taken there, and why.

import type { JSX } from "preact";

import { corrected } from "../../actions/corrected.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { faultsOf } from "../../words/fields.ts";
import { problemWords } from "../../words/said.ts";
import { say, texts } from "../../words/words.ts";
import { STANDING, type Work } from "../../work.ts";
import { Notice } from "../parts.tsx";

const WORDS = texts({
  waits: [
    "Chưa gửi được: {what}. Đã lưu trên máy, sẽ gửi khi có mạng.",
    "Not sent yet: {what}. It is saved here and goes when there is a line.",
  ],
  conflict: [
    "Có người khác cũng sửa: {what}. Cán bộ xã sẽ quyết định.",
    "Somebody else changed it too: {what}. The commune officer decides.",
  ],
  held: ["Đang chờ xử lý trên máy chủ: {what}.", "Waits on the server: {what}."],
  rejected: ["Máy chủ chưa nhận: {what}.", "The server did not take: {what}."],
  household: ["thông tin hộ", "the household"],
  member: ["thông tin người", "a person"],
  review: ["phiếu rà soát", "a review"],
  request: ["giấy đề nghị", "a request"],
  screening: ["kết quả Phiếu A", "form A"],
  delivery: ["lượt trao hỗ trợ", "support handed over"],
});

/** The work on a household, its people and its papers (`ids`) that is not simply in force, the newest first. */
function workOf(outbox: Work[], householdId: Uuid, ids: Set<Uuid>): Work[] {
  const about = (one: Work) => one.id === householdId || one.data.household_id === householdId || ids.has(one.id);
  const mine = outbox.filter(about);
  const again = corrected(mine);
  return mine.filter((one) => !STANDING.includes(one.outcome ?? "") && !again.has(one.submission_id)).reverse();
}

export function WorkNotes({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element | null {
  const { register } = tablet;
  const people = register.members(householdId, true).map((one) => one.id);
  const screenings = register.of("request", householdId).map((one) => register.screeningOf(one.id)?.id ?? "");
  const works = workOf(tablet.outbox.value, householdId, new Set([...people, ...screenings]));
  const unsent = works.filter((one) => one.outcome === null);
  const told = works.filter((one) => one.outcome !== null);
  const what = [...new Set(unsent.map(nameOf))].join(", ");
  return (
    <>
      {unsent.length > 0 && <Notice kind="info">{say(WORDS.waits, { what })}</Notice>}
      {told.map((one) => <Told key={one.submission_id} tablet={tablet} work={one} />)}
    </>
  );
}

const nameOf = (work: Work): string => say(WORDS[work.entity as "household"] ?? WORDS.household);

function Told({ tablet, work }: { tablet: Tablet; work: Work }): JSX.Element {
  const said = work.outcome === "conflict" ? WORDS.conflict : work.outcome === "rejected" ? WORDS.rejected : WORDS.held;
  const problem = work.told?.problem ?? null;
  const fields = problem === null ? [] : faultsOf(tablet.reference.value, problem);
  return (
    <Notice kind="warning">
      <p>{say(said, { what: nameOf(work) })}</p>
      {problem !== null && <p>{problemWords(problem)}</p>}
      {fields.length > 0 && <ul class="faults">{fields.map((one) => <li key={one}>{one}</li>)}</ul>}
    </Notice>
  );
}
