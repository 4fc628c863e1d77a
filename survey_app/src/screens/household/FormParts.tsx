// What the forms of this folder have in common: a foot that saves, what a draft tells, a list to choose from.

import type { ComponentChildren, JSX } from "preact";
import { useId, useState } from "preact/hooks";

import { throwAway } from "../../actions/drafts.ts";
import { survivorOf } from "../../actions/moving.ts";
import { send } from "../../actions/save.ts";
import type { NewWork } from "../../disk/outbox.ts";
import type { Tablet } from "../../tablet.ts";
import type { Option } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";
import { householdName } from "../../words/work_words.ts";
import { ifStillHere, leaveTo } from "../leaving.ts";
import { Button, Notice, Screen } from "../parts.tsx";
import { goInstead } from "../route.ts";
import { Sure } from "../sure.tsx";
import type { Kept } from "./useDraft.ts";

const WORDS = texts({
  save: ["Lưu", "Save"],
  begun: ["Phiếu này đã làm dở từ trước; xin làm tiếp.", "This was begun before: go on with it."],
  throw_away: ["Bỏ, làm lại từ đầu", "Throw it away"],
  sure: ["Bỏ phần đã ghi của phiếu này?", "Throw away what was filled in?"],
  gone: ["Bỏ hẳn", "Throw it away now"],
  keep: ["Không, giữ lại", "No, keep it"],
  refused: [
    "Máy chưa ghi được vì bộ nhớ đầy hoặc lỗi. Phần đã nhập vẫn còn trên màn hình; xin giải phóng bộ nhớ rồi bấm lại.",
    "The tablet could not write it (memory is full?). What you typed is still here: free some room and try again.",
  ],
  nothing: ["Chưa có gì thay đổi.", "Nothing was changed."],
  faults: ["Xin xem lại các ô được đánh dấu.", "Please look at the marked fields."],
  choose: ["Chọn…", "Choose…"],
  not_here: ["Không thấy trên máy này", "Not on this tablet"],
  not_here_long: [
    "Có thể đã chuyển đi nơi khác, hoặc đã nhập vào hộ khác.",
    "It may have gone to another area, or been merged with another household.",
  ],
  merged: ["Hộ này đã nhập vào hộ {name}.", "This household was merged into that of {name}."],
  open: ["Mở hộ {name}", "Open the household of {name}"],
  begun_there: ["Phiếu đang làm dở về hộ này", "What was begun about this household"],
});

/** A record that the address names is not on the tablet (any more). Where its household was merged into another one, that
 * one is shown the way to; and what was begun about it. */
export function NotHere({ tablet, home }: { tablet?: Tablet; home?: string }): JSX.Element {
  const into = tablet === undefined ? null : survivorOf(tablet.merged.value, home);
  const name = into === null ? "" : householdName(tablet!.register, into);
  const begun = tablet?.drafts.value.some((one) => one.kind !== "not_home" && one.about.household === home) ?? false;
  return (
    <Screen title={say(WORDS.not_here)} back={() => leaveTo()}>
      <Notice kind="info">{name === "" ? say(WORDS.not_here_long) : say(WORDS.merged, { name })}</Notice>
      <div class="buttons">
        {home !== undefined && begun && <Button kind="main" onPress={() => goInstead("drafts")}>{say(WORDS.begun_there)}</Button>}
        {name !== "" && <Button onPress={() => goInstead("household", into!)}>{say(WORDS.open, { name })}</Button>}
      </div>
    </Screen>
  );
}

export type FormScreenProps<Values extends object> = {
  tablet: Tablet;
  form: Kept<Values>;
  title: string;
  fallback: string[];
  /** the work it becomes; null: something has to be corrected first (and is marked) */
  works: () => NewWork[] | null;
  save?: string;
  /** what is worth a second look before it is saved: a second press saves all the same */
  doubts?: () => Promise<string[]>;
  /** where saving leads; else back to where one came from */
  after?: string[];
  children: ComponentChildren;
};

/** A form that is saved by one button and then left. */
export function FormScreen<Values extends object>(props: FormScreenProps<Values>): JSX.Element {
  const { tablet, form, title, fallback, works, save, doubts, after, children } = props;
  const [said, setSaid] = useState<{ kind: "fault" | "info" | "warning"; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const back = () => leaveTo(...fallback);
  const press = async () => {
    const made = works();
    if (made === null) {
      setSaid({ kind: "fault", text: say(WORDS.faults) });
      return void setTimeout(toFirstFault);
    }
    if (made.length === 0) return setSaid({ kind: "info", text: say(WORDS.nothing) });
    setBusy(true);
    const leave = ifStillHere(after === undefined ? back : () => goInstead(...after));
    try {
      const doubted = ((await doubts?.()) ?? []).join(" ");
      if (doubted !== "" && said?.text !== doubted) return setSaid({ kind: "warning", text: doubted });
      await send(tablet, form.keeper, made);
      leave();
    } catch {
      setSaid({ kind: "fault", text: say(WORDS.refused) });
    } finally {
      setBusy(false);
    }
  };
  const foot = (
    <>
      {said !== null && <Notice kind={said.kind}>{said.text}</Notice>}
      <Button kind="main" disabled={busy} onPress={press}>{save ?? say(WORDS.save)}</Button>
    </>
  );
  return (
    <Screen title={title} back={back} foot={foot}>
      <DraftNote tablet={tablet} form={form} onGone={back} />
      {children}
    </Screen>
  );
}

/** The first marked field comes to the surveyor. */
function toFirstFault(): void {
  document.querySelector<HTMLElement>(".faulty :is(input, select, textarea)")?.focus();
}

/** Tells that a form was begun before, and lets the surveyor throw it away: never by one press. */
export function DraftNote<Values extends object>(props: { tablet: Tablet; form: Kept<Values>; onGone: () => void }): JSX.Element | null {
  const { tablet, form, onGone } = props;
  const [failed, setFailed] = useState(false);
  const gone = () => throwAway(tablet, form.keeper.draft.id).then(ifStillHere(onGone), () => setFailed(true));
  if (failed || form.keeper.state.value === "refused") return <Notice kind="fault">{say(WORDS.refused)}</Notice>;
  if (!form.begun) return null;
  return (
    <Notice kind="info">
      <p>{say(WORDS.begun)}</p>
      <Sure ask={say(WORDS.throw_away)} yes={say(WORDS.gone)} no={say(WORDS.keep)} onYes={gone}>
        <p>{say(WORDS.sure)}</p>
      </Sure>
    </Notice>
  );
}

type SelectProps = {
  label: string;
  value: string | null;
  options: Option[];
  onChange: (code: string | null) => void;
  fault?: string | undefined;
  required?: boolean | undefined;
};

/** One of a long list. */
export function Select(props: SelectProps): JSX.Element {
  const id = useId();
  const { label, value, options, onChange, fault, required } = props;
  return (
    <div class={fault === undefined ? "field" : "field faulty"}>
      <label for={id}>{label}{required && <span aria-hidden="true"> *</span>}</label>
      <select
        id={id}
        value={value ?? ""}
        required={required}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
        onChange={(event) => onChange(event.currentTarget.value || null)}
      >
        <option value="">{say(WORDS.choose)}</option>
        {options.map((one) => <option key={one.code} value={one.code}>{say(one.label)}</option>)}
      </select>
      {fault !== undefined && <p class="fault" id={`${id}-fault`} role="alert">{fault}</p>}
    </div>
  );
}
