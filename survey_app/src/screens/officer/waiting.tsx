// Submissions that could not simply be applied: tried again, or refused for a reason that the surveyor reads.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { refuse, retry, sentData, waiting, type WaitingSubmission } from "../../line/officer.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data } from "../../wire.ts";
import { faultsOf } from "../../words/fields.ts";
import { recordLines } from "../../words/record_words.ts";
import { problemWords, said } from "../../words/said.ts";
import { language, say, texts } from "../../words/words.ts";
import { workTitle } from "../../words/work_words.ts";
import { Button, Notice, Screen, TextField, toHeading } from "../parts.tsx";
import { moment } from "../sync_state.tsx";
import { Answer, useAsked } from "./asked.tsx";

const WORDS = texts({
  title: ["Phiếu chờ xử lý", "Work that waits"],
  kinds: ["Loại", "Kind"],
  held: ["Đang giữ", "Held"],
  quarantined: ["Lỗi máy chủ", "Failed"],
  "rejected-retryable": ["Thử lại được", "To be tried again"],
  none: ["Không có phiếu nào.", "There is none."],
  from: ["{username}, {device}, {at}", "{username}, {device}, {at}"],
  look: ["Xem nội dung", "What was sent"],
  no_data: ["Không xem được nội dung.", "What was sent cannot be shown."],
  retry: ["Thử lại", "Try again"],
  refuse: ["Không nhận…", "Refuse…"],
  reason: ["Lý do không nhận (rà soát viên sẽ đọc)", "Why it is refused (the surveyor reads it)"],
  refuse_now: ["Không nhận phiếu này", "Refuse it"],
  leave: ["Để đó", "Leave it"],
  now: ["{title}: {words}", "{title}: {words}"],
  applied: ["đã ghi nhận", "in force"],
  merged: ["đã ghi nhận, ghép với thay đổi khác", "in force, merged"],
  conflict: ["trái nhau, chờ quyết định", "in conflict"],
  still_held: ["vẫn đang giữ", "still held"],
  rejected: ["không nhận", "refused"],
  still_failed: ["máy chủ vẫn gặp lỗi", "failed again"],
});

const KINDS = ["held", "quarantined", "rejected-retryable"] as const;
type Kind = (typeof KINDS)[number];

export function WaitingList({ tablet }: { tablet: Tablet }): JSX.Element {
  const kind = useSignal<Kind>("held");
  const asked = useAsked(() => waiting(tablet.line, kind.value), kind.value);
  // what was decided is gone from the list: the list says what came of it
  const told = useSignal<string | null>(null);
  const decided = (words: string) => {
    told.value = words;
    asked.again();
    toHeading();
  };
  return (
    <Screen title={say(WORDS.title)} back={["officer"]}>
      <div class="tabs" role="group" aria-label={say(WORDS.kinds)}>
        {KINDS.map((one) => <button type="button" key={one} aria-pressed={one === kind.value} onClick={() => ((told.value = null), (kind.value = one))}>{say(WORDS[one])}</button>)}
      </div>
      {told.value !== null && <Notice kind="info">{told.value}</Notice>}
      <Answer tablet={tablet} asked={asked}>
        {(found) => found.length === 0 ? <p class="empty">{say(WORDS.none)}</p> : (
          <ul class="rows">{found.map((one) => <li key={one.submission_id}><Piece tablet={tablet} one={one} decided={decided} /></li>)}</ul>
        )}
      </Answer>
    </Screen>
  );
}

function Piece({ tablet, one, decided }: { tablet: Tablet; one: WaitingSubmission; decided: (words: string) => void }): JSX.Element {
  const data = useSignal<Data | null | undefined>(undefined);
  const title = workTitle(tablet.register, { entity: one.entity, id: one.record_id });
  const faults = one.problem === null ? [] : faultsOf(tablet.reference.value, one.problem);
  const look = async () => (data.value = await sentData(tablet.line, one.submission_id).catch(() => null));
  return (
    <article class="card piece" aria-label={title}>
      <strong>{title}</strong>
      <span class="muted small">{say(WORDS.from, { username: one.username, device: one.device_name, at: moment(one.received_at) })}</span>
      <p>{one.why[language.value]}</p>
      {one.problem !== null && <p class="fault">{problemWords(one.problem)}</p>}
      {faults.length > 0 && <ul class="faults">{faults.map((fault) => <li key={fault}>{fault}</li>)}</ul>}
      {data.value === null && <p class="muted">{say(WORDS.no_data)}</p>}
      {data.value && (
        <dl class="facts">
          {recordLines({ register: tablet.register, reference: tablet.reference.value }, data.value).map(({ key, label, words }) => [<dt key={key}>{label}</dt>, <dd key={`${key}-said`}>{words}</dd>])}
        </dl>
      )}
      {data.value === undefined && !one.handed_over && <Button onPress={() => void look()}>{say(WORDS.look)}</Button>}
      {!one.handed_over && <Deciding tablet={tablet} one={one} decided={(words) => decided(say(WORDS.now, { title, words }))} />}
    </article>
  );
}

function Deciding({ tablet, one, decided }: { tablet: Tablet; one: WaitingSubmission; decided: (words: string) => void }): JSX.Element {
  const reason = useSignal<string | null>(null);
  const refusing = useSignal(false);
  const left = useSignal(false);
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refusing.value) here.current?.querySelector("textarea")?.focus();
  }, [refusing.value]);
  const leave = () => {
    refusing.value = false;
    left.value = true;
  };
  const busy = useSignal(false);
  const fault = useSignal<string | null>(null);
  const run = async (step: () => Promise<{ outcome: string }>) => {
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      decided(outcomeWords((await step()).outcome));
    } catch (error) {
      fault.value = said(error);
    }
    busy.value = false;
  };
  return (
    <div ref={here} class="stack" onKeyDown={(event) => event.key === "Escape" && refusing.value && leave()}>
      {fault.value !== null && <Notice kind="fault">{fault.value}</Notice>}
      {refusing.value && <TextField label={say(WORDS.reason)} long value={reason.value} onChange={(value) => (reason.value = value)} required />}
      <div class="buttons">
        {!refusing.value && <Button key="retry" kind="main" disabled={busy.value} onPress={() => void run(() => retry(tablet.line, one.submission_id))}>{say(WORDS.retry)}</Button>}
        {!refusing.value && <Button key="refuse" focused={left.value} onPress={() => (refusing.value = true)}>{say(WORDS.refuse)}</Button>}
        {refusing.value && <Button key="leave" onPress={leave}>{say(WORDS.leave)}</Button>}
        {refusing.value && <Button key="now" kind="danger" disabled={busy.value || reason.value === null} onPress={() => void run(() => refuse(tablet.line, one.submission_id, reason.value!))}>{say(WORDS.refuse_now)}</Button>}
      </div>
    </div>
  );
}

function outcomeWords(outcome: string): string {
  const words = { applied: WORDS.applied, merged: WORDS.merged, conflict: WORDS.conflict, held: WORDS.still_held, rejected: WORDS.rejected, quarantined: WORDS.still_failed };
  return outcome in words ? say(words[outcome as keyof typeof words]) : outcome;
}
