// What has been sent and what not, in a few words in the bar of every screen; pressed, it leads to the outbox.

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { session } from "../session.ts";
import type { Tablet } from "../tablet.ts";
import { isUnsent } from "../work.ts";
import { say, texts } from "../words/words.ts";
import { DoneIcon, SendIcon, WaitIcon, WarnIcon } from "./icons.tsx";
import { go } from "./route.ts";

const WORDS = texts({
  sending: ["Đang gửi…", "Sending…"],
  getting: ["Đang tải…", "Loading…"],
  unsent: ["Chưa gửi {n}", "{n} not sent"],
  all_sent: ["Đã gửi hết lúc {at}", "All sent at {at}"],
  never: ["Chưa tải lần nào", "Never synchronised"],
  password: ["Cần đăng nhập lại", "Sign in again"],
  code: ["Cần mã đăng ký", "A code is needed"],
  open: ["Mở hộp gửi", "Open the outbox"],
});

/** The hour of a day that is today, else the day. */
export function moment(iso: string): string {
  const at = new Date(iso);
  const two = (number: number) => String(number).padStart(2, "0");
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === new Date().toDateString() ? hour : `${hour} ${two(at.getDate())}/${two(at.getMonth() + 1)}`;
}

type Told = { kind: "busy" | "unsent" | "good" | "trouble"; words: string };

function told(tablet: Tablet): Told {
  const ended = tablet.lastSync.value?.ended;
  const step = tablet.syncing.value?.step;
  const unsent = tablet.outbox.value.filter(isUnsent).length;
  if (step !== undefined) return { kind: "busy", words: say(step === "push" || step === "files" ? WORDS.sending : WORDS.getting) };
  if (ended === "signed_out") return { kind: "trouble", words: say(WORDS.password) };
  if (ended === "not_enrolled") return { kind: "trouble", words: say(WORDS.code) };
  if (unsent > 0) return { kind: "unsent", words: say(WORDS.unsent, { n: unsent }) };
  const at = tablet.completeAt.value;
  return at === null ? { kind: "unsent", words: say(WORDS.never) } : { kind: "good", words: say(WORDS.all_sent, { at: moment(at) }) };
}

const PICTURES = { busy: SendIcon, unsent: WaitIcon, good: DoneIcon, trouble: WarnIcon };

export function SyncState(): JSX.Element | null {
  const now = session.value;
  return now.at === "in" && now.enrolled ? <Pill tablet={now.tablet} /> : null;
}

function Pill({ tablet }: { tablet: Tablet }): JSX.Element {
  const state = useComputed(() => told(tablet));
  const Picture = PICTURES[state.value.kind];
  return (
    <button type="button" class={`pill sync ${state.value.kind}`} onClick={() => go("outbox")}>
      <Picture />
      <span>{state.value.words}</span>
      <span class="unseen">, {say(WORDS.open)}</span>
    </button>
  );
}

/** Read out when it has changed; beside the screens, so that a change of screen does not say it again. */
export function SpokenState({ tablet }: { tablet: Tablet }): JSX.Element {
  const spoken = useSignal("");
  const state = useComputed(() => told(tablet));
  const { kind, words } = state.value;
  useEffect(() => {
    // every step of a synchronisation read out would talk over the form
    if (kind !== "busy") spoken.value = words;
  }, [kind, words]);
  return <div class="unseen" role="status" aria-live="polite">{spoken.value}</div>;
}
