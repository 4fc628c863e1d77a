// A household: who lives there, where it stands in the round, what waits, and what can be done.

import type { ComponentChildren, JSX } from "preact";

import { noteNotHome } from "../../actions/drafts.ts";
import type { HouseholdData, MemberData, Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { named } from "../../words/codes.ts";
import { language, say, texts } from "../../words/words.ts";
import { useAttempt } from "../attempt.ts";
import { Button, day, Notice, Screen } from "../parts.tsx";
import { go } from "../route.ts";
import { type Standing, standings } from "./cases.ts";
import { FIELDS } from "./field_words.ts";
import { NotHere } from "./FormParts.tsx";
import { People } from "./People.tsx";
import { Papers } from "./screening/Papers.tsx";
import { amountOf, awaited } from "./support.ts";
import { WorkNotes } from "./WorkNotes.tsx";

const WORDS = texts({
  untitled: ["Hộ chưa có chủ hộ", "A household without a head"],
  people: ["Người trong hộ", "People"],
  add: ["Thêm người", "Add a person"],
  edit: ["Sửa thông tin hộ", "Change the household"],
  head: ["Đổi chủ hộ", "Another head"],
  split: ["Tách hộ", "Split"],
  request: ["Ghi giấy đề nghị", "Write down a request"],
  class: ["Phân loại hiện nay", "Class today"],
  since: ["từ {when}", "since {when}"],
  none: ["chưa phân loại", "no class yet"],
  review: ["Rà soát", "Review"],
  start: ["Bắt đầu rà soát", "Start the review"],
  go_on: ["Làm tiếp phiếu dở", "Go on with the review"],
  not_home: ["Không gặp", "Nobody at home"],
  was_not_home: ["Đã đến {count} lần không gặp, lần cuối {when}.", "Nobody at home {count} times, last on {when}."],
  filled: ["Đã làm phiếu trên máy này.", "The review was filled in on this tablet."],
  training: ["ĐỢT TẬP HUẤN: kết quả không có giá trị.", "TRAINING: without legal effect."],
  gone: ["Không còn ở hộ", "Who left"],
  support: ["Hỗ trợ chờ trao", "Support to hand over"],
  on: ["trao ngày {when}", "on {when}"],
});

export function HouseholdScreen({ tablet, id }: { tablet: Tablet; id: Uuid }): JSX.Element {
  void tablet.revision.value; // draws again when the register has changed
  const seen = tablet.register.household(id);
  return seen === null || tablet.reference.value === null ? <NotHere tablet={tablet} home={id} /> : <Household tablet={tablet} seen={seen} />;
}

function Household({ tablet, seen }: { tablet: Tablet; seen: Seen<HouseholdData> }): JSX.Element {
  const { id, data } = seen;
  const people = tablet.register.members(id);
  const head = people.find((one) => one.id === data.head_member_id) ?? people[0];
  const title = [data.household_no, head?.data.full_name ?? say(WORDS.untitled)].filter(Boolean).join(" · ");
  return (
    <Screen title={title} back={[]}>
      <WorkNotes tablet={tablet} householdId={id} />
      <Facts tablet={tablet} data={data} />
      {standings(tablet, id).map((one) => <InRound key={one.round.id} tablet={tablet} householdId={id} standing={one} />)}
      <Papers tablet={tablet} householdId={id} />
      <Support tablet={tablet} householdId={id} />
      <h2>{say(WORDS.people)}</h2>
      <People tablet={tablet} householdId={id} />
      <div class="buttons">
        <Button onPress={() => go("member", "new", id)}>{say(WORDS.add)}</Button>
        <Button onPress={() => go("household", id, "edit")}>{say(WORDS.edit)}</Button>
        <Button onPress={() => go("household", id, "head")}>{say(WORDS.head)}</Button>
        {people.length > 1 && <Button onPress={() => go("split", id)}>{say(WORDS.split)}</Button>}
        <Button onPress={() => go("request", id)}>{say(WORDS.request)}</Button>
      </div>
      <Gone tablet={tablet} householdId={id} />
    </Screen>
  );
}

function Facts({ tablet, data }: { tablet: Tablet; data: HouseholdData }): JSX.Element {
  const reference = tablet.reference.value!;
  const since = data.class_since ? ` (${say(WORDS.since, { when: day(data.class_since as string) })})` : "";
  const lines: [string, ComponentChildren][] = [
    [say(WORDS.class), data.current_class ? named(reference, "poverty_class", data.current_class) + since : say(WORDS.none)],
    [say(FIELDS.address), data.address],
    [say(FIELDS.phone), data.phone && <a href={`tel:${data.phone}`}>{data.phone}</a>],
    [say(FIELDS.residence), named(reference, "residence", data.residence)],
    [say(FIELDS.note), data.note],
  ];
  return (
    <dl class="facts">
      {lines.filter(([, said]) => said).map(([label, said]) => [<dt key={label}>{label}</dt>, <dd key={`${label}-said`}>{said}</dd>])}
    </dl>
  );
}

function InRound({ tablet, householdId, standing }: { tablet: Tablet; householdId: Uuid; standing: Standing }): JSX.Element {
  const { round, open, begun, filled } = standing;
  const reference = tablet.reference.value!;
  const tries = standing.notHome;
  const { attempt, busy, fault } = useAttempt();
  return (
    <section class="card">
      <h2>{say(WORDS.review)}: {named(reference, "round_kind", round.kind)} {round.year}</h2>
      {round.training && <Notice kind="warning"><strong>{say(WORDS.training)}</strong></Notice>}
      <p>{[named(reference, "case_stage", standing.case.data.stage), named(reference, "case_ground", standing.case.data.ground)].join(" · ")}</p>
      {filled && <Notice kind="good">{say(WORDS.filled)}</Notice>}
      {open && !begun && tries.length > 0 && <Notice kind="info">{say(WORDS.was_not_home, { count: tries.length, when: day(tries.at(-1)) })}</Notice>}
      {fault !== null && <Notice kind="fault">{fault}</Notice>}
      {open && (
        <div class="buttons">
          <Button kind="main" onPress={() => go("review", householdId, round.id)}>{say(begun ? WORDS.go_on : WORDS.start)}</Button>
          {!begun && <Button disabled={busy} onPress={() => attempt(() => noteNotHome(tablet, householdId, round.id))}>{say(WORDS.not_home)}</Button>}
        </div>
      )}
    </section>
  );
}

function Support({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element | null {
  const lines = awaited(tablet.register, householdId);
  if (lines.length === 0) return null;
  return (
    <section class="stack">
      <h2>{say(WORDS.support)}</h2>
      <ul class="rows card people">
        {lines.map(({ id, data }) => (
          <li key={id}>
            <button type="button" class="line" onClick={() => go("delivery", id)}>
              <strong>{[data.title, amountOf(data, language.value)].filter(Boolean).join(": ")}</strong>
              <span>{[data.period, whenOf(data)].filter(Boolean).join(" · ")}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const whenOf = (line: Data): string => (line.hand_out_on ? say(WORDS.on, { when: day(line.hand_out_on as string) }) : "");

/** Who left: pressed, a person can be brought back who was set down as gone by mistake. */
function Gone({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element | null {
  const people = tablet.register.members(householdId, true).filter((one) => one.data.left_on);
  if (people.length === 0) return null;
  const why = ({ left_reason }: MemberData) => named(tablet.reference.value!, "left_reason", left_reason as string);
  return (
    <section class="stack">
      <h2>{say(WORDS.gone)}</h2>
      <ul class="rows card people">
        {people.map(({ id, data }) => (
          <li key={id}>
            <button type="button" class="line" onClick={() => go("member", id, "leave")}>
              <strong>{data.full_name}</strong>
              <span>{day(data.left_on)} · {why(data)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
