// One conflict: what was there, what the server has, what the tablet wrote; the officer chooses, or writes a third, and
// says why.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { Refused } from "../../line/line.ts";
import { type Conflict, conflicts, resolve } from "../../line/officer.ts";
import { syncNow } from "../../syncing.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data } from "../../wire.ts";
import { valueWords } from "../../words/fields.ts";
import { recordLines } from "../../words/record_words.ts";
import { said } from "../../words/said.ts";
import { say, texts } from "../../words/words.ts";
import { workTitle } from "../../words/work_words.ts";
import { Button, Choice, Notice, Screen, TextField } from "../parts.tsx";
import { ifStillHere } from "../leaving.ts";
import { goInstead } from "../route.ts";
import { Answer, useAsked } from "./asked.tsx";
import { isOdd, ValueField } from "./value_field.tsx";

const WORDS = texts({
  title: ["Quyết định mâu thuẫn", "Decide a conflict"],
  gone: ["Mâu thuẫn này đã được giải quyết.", "This conflict has been decided."],
  field: ["Mục", "Field"],
  base: ["Lúc đầu", "At first"],
  server: ["Trên máy chủ", "On the server"],
  device: ["Máy tính bảng ghi", "From the tablet"],
  which: ["Giữ giá trị nào?", "Which value holds?"],
  take_server: ["Giữ giá trị trên máy chủ", "That of the server"],
  take_device: ["Lấy giá trị của máy tính bảng", "That of the tablet"],
  take_values: ["Ghi giá trị khác", "Another value"],
  reason: ["Lý do", "Reason"],
  reason_hint: ["Ví dụ: đã gọi điện hỏi chủ hộ. Lý do được lưu lại.", "For example: asked the head of the household. It is kept."],
  decide: ["Quyết định", "Decide"],
  deciding: ["Đang gửi quyết định…", "Sending…"],
  table: ["Các giá trị", "The values"],
});

/** Papers of which two are never mixed. */
const WHOLE = ["review", "screening"];

type Choices = "server" | "device" | "values";

export function ConflictScreen({ tablet, id }: { tablet: Tablet; id: string }): JSX.Element {
  const asked = useAsked(() => conflicts(tablet.line), id);
  return (
    <Screen title={say(WORDS.title)} back={["officer", "conflicts"]}>
      <Answer tablet={tablet} asked={asked}>
        {(all) => {
          const found = all.find((one) => one.id === id);
          return found === undefined ? <Notice kind="info">{say(WORDS.gone)}</Notice> : <Decide tablet={tablet} conflict={found} again={asked.again} />;
        }}
      </Answer>
    </Screen>
  );
}

/** What the server holds of every field that clashes now: another one may have come since the screen was opened. */
function standing(tablet: Tablet, { record_id, fields }: Conflict, since: string[]): Data {
  const today = tablet.register.kept(record_id)?.data ?? {};
  return {
    ...Object.fromEntries(since.map((name) => [name, today[name] ?? null])),
    ...Object.fromEntries(Object.entries(fields).map(([name, clash]) => [name, clash?.server ?? null])),
  };
}

function Decide({ tablet, conflict, again }: { tablet: Tablet; conflict: Conflict; again: () => void }): JSX.Element {
  const choice = useSignal<Choices | null>(null);
  const typed = useSignal<Data>({});
  // what others have changed of the record since the conflict was opened: the server names it when it is decided
  const since = useSignal<string[]>([]);
  const values: Data = { ...standing(tablet, conflict, since.value), ...typed.value };
  const reason = useSignal<string | null>(null);
  const fault = useSignal<string | null>(null);
  const busy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    const odd = choice.value === "values" && Object.entries(values).some(([name, value]) => isOdd(name, value));
    if (choice.value === null || reason.value === null || busy.value || odd) return;
    busy.value = true;
    fault.value = null;
    const leave = ifStillHere(() => goInstead("officer", "conflicts"));
    try {
      await resolve(tablet.line, conflict.id, choice.value, choice.value === "values" ? values : null, reason.value);
      void syncNow(tablet);
      leave();
    } catch (error) {
      fault.value = said(error);
      if (error instanceof Refused && Array.isArray(error.problem.fields)) {
        // first what the record says today: that is what the officer looks at
        await syncNow(tablet);
        since.value = error.problem.fields as string[];
        choice.value = "values";
      }
      again(); // somebody may have changed the record: what is shown is to be what is decided on
    }
    busy.value = false;
  };
  // a paper is taken or left as a whole (docs/sync-protocol.md, "Reviews")
  const possible = WHOLE.includes(conflict.entity) ? (["server", "device"] as const) : (["server", "device", "values"] as const);
  const options = possible.map((code) => ({ code, label: WORDS[`take_${code}`] }));
  return (
    <form class="stack" onSubmit={submit}>
      <h2>{workTitle(tablet.register, { entity: conflict.entity, id: conflict.record_id, data: { household_id: conflict.fields.household_id?.server } })}</h2>
      <Values tablet={tablet} conflict={conflict} />
      <Choice label={say(WORDS.which)} options={options} value={choice.value} onChange={(code) => (choice.value = code as Choices | null)} required />
      {choice.value === "values" && Object.keys(values).map((name) => (
        <ValueField key={name} reference={tablet.reference.value} field={name} value={values[name]} onChange={(value) => (typed.value = { ...typed.value, [name]: value })} />
      ))}
      <TextField label={say(WORDS.reason)} hint={say(WORDS.reason_hint)} long value={reason.value} onChange={(value) => (reason.value = value)} required />
      {fault.value !== null && <Notice kind="fault">{fault.value}</Notice>}
      <Button kind="main" submit disabled={busy.value || choice.value === null}>{say(busy.value ? WORDS.deciding : WORDS.decide)}</Button>
    </form>
  );
}

type Row = { key: string; label: string; words: Record<"base" | "server" | "device", string> };

/** What the three say, side by side; of a second review only what is not the same in both. */
function rowsOf(tablet: Tablet, { entity, fields }: Conflict): Row[] {
  const known = { register: tablet.register, reference: tablet.reference.value };
  const lines = (column: "base" | "server" | "device") => recordLines(known, Object.fromEntries(Object.entries(fields).map(([name, clash]) => [name, clash?.[column] ?? null])));
  const [base, server, device] = [lines("base"), lines("server"), lines("device")];
  const empty = valueWords(null, "", null);
  const find = (list: typeof base, key: string) => list.find((one) => one.key === key)?.words ?? empty;
  const all = new Map([...server, ...device].map((one) => [one.key, one.label]));
  const rows = [...all].map(([key, label]) => ({ key, label, words: { base: find(base, key), server: find(server, key), device: find(device, key) } }));
  return entity === "review" ? rows.filter(({ words }) => words.server !== words.device) : rows;
}

function Values({ tablet, conflict }: { tablet: Tablet; conflict: Conflict }): JSX.Element {
  const columns = ["base", "server", "device"] as const;
  const rows = rowsOf(tablet, conflict);
  return (
    <div class="wide">
      <table>
        <caption class="unseen">{say(WORDS.table)}</caption>
        <thead>
          <tr><th scope="col">{say(WORDS.field)}</th>{columns.map((one) => <th scope="col" key={one}>{say(WORDS[one])}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map(({ key, label, words }) => (
            <tr key={key}>
              <th scope="row">{label}</th>
              {columns.map((one) => <td key={one} data-of={say(WORDS[one])}>{words[one]}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
