// Opens a profile: by its PIN, or by the password of its account.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";

import { NotOpened, type Opened, type Profile, type Refusal, unlock, unlockWithPassword } from "../disk/vault.ts";
import { enter } from "../session.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { newPinFault, NewPin } from "./new_pin.tsx";
import { Button, Notice, Screen, TextField } from "./parts.tsx";
import { PinPad } from "./pin_pad.tsx";

const WORDS = texts({
  title: ["Chào {username}", "Hello {username}"],
  pin: ["Nhập mã PIN để mở", "Enter your PIN"],
  opening: ["Đang mở…", "Opening…"],
  by_password: ["Quên mã PIN? Mở bằng mật khẩu", "PIN forgotten? Use the password"],
  by_pin: ["Dùng mã PIN", "Use the PIN"],
  password: ["Mật khẩu tài khoản", "Password of the account"],
  password_hint: ["Mở được cả khi không có mạng. Sau đó bạn đặt mã PIN mới.", "Works without a network too. Then you choose a new PIN."],
  open: ["Mở", "Open"],
  wait: ["Xin chờ rồi thử lại.", "Please wait, then try again."],
  seconds: ["Còn {n} giây.", "{n} seconds left."],
  minutes: ["Còn {n} giây (khoảng {minutes} phút).", "{n} seconds left (about {minutes} minutes)."],
  over: ["Bây giờ bạn thử lại được.", "You can try again now."],
});

type Props = { profile: Profile; note: string | null; back: () => void };

export function Unlock({ profile, note, back }: Props): JSX.Element {
  const way = useSignal<"pin" | "password">("pin");
  const { refusal, fault, busy, open } = useOpening();
  const hard = isByPassword(refusal.value);
  if (hard) way.value = "password";
  const seconds = useWait(refusal.value);
  const otherWay = () => {
    // each way has its own tries: a wait of the PIN does not keep the password waiting
    refusal.value = fault.value = null;
    way.value = way.value === "pin" ? "password" : "pin";
  };
  const stopped = busy.value || seconds > 0;
  return (
    <Screen title={say(WORDS.title, { username: profile.username })} back={back}>
      <div class="narrow stack">
        {note !== null && fault.value === null && <Notice kind="info">{note}</Notice>}
        {busy.value && <Notice kind="info">{say(WORDS.opening)}</Notice>}
        {!busy.value && fault.value !== null && <Refused said={fault.value} seconds={seconds} waits={untilOf(refusal.value) !== null} />}
        {way.value === "pin" ? (
          <PinPad label={say(WORDS.pin)} stopped={stopped} onPin={(pin) => open(() => unlock(profile.id, pin))} />
        ) : (
          <ByPassword stopped={stopped} open={(password, pin) => open(() => unlockWithPassword(profile.id, password, pin))} />
        )}
        {!hard && <Button onPress={otherWay}>{say(way.value === "pin" ? WORDS.by_password : WORDS.by_pin)}</Button>}
      </div>
    </Screen>
  );
}

/** One try at a time, and why the last one did not open. */
function useOpening() {
  const refusal = useSignal<Refusal | null>(null);
  const fault = useSignal<string | null>(null);
  const busy = useSignal(false);
  const open = async (opening: () => Promise<Opened>) => {
    if (busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      await enter(await opening());
    } catch (error) {
      fault.value = said(error);
      refusal.value = error instanceof NotOpened ? error.refusal : null;
    }
    busy.value = false;
  };
  return { refusal, fault, busy, open };
}

function ByPassword(props: { stopped: boolean; open: (password: string, pin: string) => void }): JSX.Element {
  const password = useSignal<string | null>(null);
  const pins = useSignal<[string, string]>(["", ""]);
  const faults = useSignal<string | undefined>(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    faults.value = newPinFault(pins.value);
    if (faults.value === undefined && password.value !== null) props.open(password.value, pins.value[0]);
  };
  return (
    <form onSubmit={submit} class="stack">
      <TextField label={say(WORDS.password)} hint={say(WORDS.password_hint)} type="password" autoComplete="current-password" value={password.value} onChange={(value) => (password.value = value)} required />
      <NewPin value={pins.value} onChange={(value) => (pins.value = value)} fault={faults.value} />
      <Button kind="main" submit disabled={props.stopped}>{say(WORDS.open)}</Button>
    </form>
  );
}

/** Read out once, and once more when the wait is over: the seconds in between are for the eye. */
function Refused({ said, seconds, waits }: { said: string; seconds: number; waits: boolean }): JSX.Element {
  return (
    <>
      {(!waits || seconds > 0) && <Notice kind="fault">{said}{waits && ` ${say(WORDS.wait)}`}</Notice>}
      {seconds > 0 && <p class="muted" role="timer" aria-live="off">{waitWords(seconds)}</p>}
      {waits && <div role="status">{seconds === 0 && <p>{say(WORDS.over)}</p>}</div>}
    </>
  );
}

const waitWords = (n: number): string => (n < 120 ? say(WORDS.seconds, { n }) : say(WORDS.minutes, { n, minutes: Math.ceil(n / 60) }));

/** The PIN opens no more, for the time being. */
const isByPassword = (refusal: Refusal | null): refusal is Extract<Refusal, { why: "hard-locked" | "no-room" }> =>
  refusal?.why === "hard-locked" || refusal?.why === "no-room";

/** When the next try is open; null: at once, or by another way. */
const untilOf = (refusal: Refusal | null): number | null =>
  refusal === null || isByPassword(refusal) ? null : (refusal.until ?? null);

/** Whole seconds until the next try; 0 when it is open. By the clock, which goes on while the tablet sleeps; and by one
 * that nobody sets, or a clock that is put back would ask for years. */
function useWait(refusal: Refusal | null): number {
  const left = useSignal(0);
  const until = untilOf(refusal);
  useLayoutEffect(() => {
    left.value = 0;
    if (until === null) return undefined;
    const end = performance.now() + (until - Date.now());
    const count = () => (left.value = Math.max(0, Math.ceil(Math.min(until - Date.now(), end - performance.now()) / 1000)));
    count();
    const timer = setInterval(count, 500);
    return () => clearInterval(timer);
  }, [until]);
  return left.value;
}
