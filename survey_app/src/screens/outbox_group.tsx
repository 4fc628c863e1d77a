// Pieces of work that stand at the same point, and what there is to do about each.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import type { Tablet } from "../tablet.ts";
import type { Work } from "../work.ts";
import { faultsOf, fieldName, valueWords } from "../words/fields.ts";
import { problemWords } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { householdOf, workTitle } from "../words/work_words.ts";
import { useAttempt } from "./attempt.ts";
import { Button, Notice } from "./parts.tsx";
import { putRight } from "./put_right.ts";
import { go } from "./route.ts";
import { moment } from "./sync_state.tsx";

const WORDS = texts({
  count: ["{title} ({n})", "{title} ({n})"],
  at: ["ghi lúc {at}", "written {at}"],
  open: ["Mở hộ", "Open the household"],
  put_right: ["Sửa lại", "Put it right"],
  again: ["Phiếu cũ vẫn được giữ; sửa xong sẽ gửi thành phiếu mới.", "The old one is kept; what you put right is sent as a new one."],
  more: ["Xem thêm {n}", "Show {n} more"],
});

const AT_ONCE = 20;

type Props = { tablet: Tablet; title: string; why?: string; mayBePutRight: boolean; works: Work[] };

export function OutboxGroup({ tablet, title, why, mayBePutRight, works }: Props): JSX.Element | null {
  const shown = useSignal(AT_ONCE);
  if (works.length === 0) return null;
  const left = works.length - shown.value;
  return (
    <section class="card">
      <h2>{say(WORDS.count, { title, n: works.length })}</h2>
      {why !== undefined && <p class="muted">{why}</p>}
      <ul class="rows">
        {works.slice(0, shown.value).map((work) => <li key={work.submission_id}><Piece tablet={tablet} work={work} mayBePutRight={mayBePutRight} /></li>)}
      </ul>
      {left > 0 && <Button onPress={() => (shown.value += AT_ONCE * 5)}>{say(WORDS.more, { n: Math.min(left, AT_ONCE * 5) })}</Button>}
    </section>
  );
}

const FIELDS_SHOWN = 3;

/** What a change says: two changes of one person are told apart by it. */
function changes(tablet: Tablet, { base_version, data }: Work): string[] {
  if (base_version === null) return [];
  const plain = Object.entries(data).filter(([, value]) => value === null || typeof value !== "object").filter(([name]) => !name.endsWith("_id"));
  return plain.slice(0, FIELDS_SHOWN).map(([name, value]) => `${fieldName(name)}: ${valueWords(tablet.reference.value, name, value)}`);
}

function Piece({ tablet, work, mayBePutRight }: { tablet: Tablet; work: Work; mayBePutRight: boolean }): JSX.Element {
  const { register } = tablet;
  void tablet.revision.value;
  const household = householdOf(register, work);
  const known = household !== null && register.household(household) !== null;
  const title = workTitle(register, work);
  const problem = work.told?.problem ?? null;
  const faults = problem === null ? [] : faultsOf(tablet.reference.value, problem);
  const fix = mayBePutRight ? putRight(tablet, work) : null;
  const { attempt, busy, fault } = useAttempt();
  return (
    <article class="piece" aria-label={title}>
      <strong>{title}</strong>
      <span class="muted small">{say(WORDS.at, { at: moment(work.recorded_at) })}</span>
      {changes(tablet, work).map((one) => <span key={one}>{one}</span>)}
      {problem !== null && <p class="fault">{problemWords(problem)}</p>}
      {faults.length > 0 && <ul class="faults">{faults.map((one) => <li key={one}>{one}</li>)}</ul>}
      <div class="buttons">
        {known && <Button onPress={() => go("household", household)}>{say(WORDS.open)}</Button>}
        {fix !== null && <Button kind="main" disabled={busy} onPress={() => attempt(fix)}>{say(WORDS.put_right)}</Button>}
      </div>
      {fault !== null && <Notice kind="fault">{fault}</Notice>}
      {fix !== null && <p class="muted small">{say(WORDS.again)}</p>}
    </article>
  );
}
