// Opens a profile: by its PIN, or by the password of its account.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

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
  wait: ["Bạn đã nhập sai nhiều lần. Xin chờ {seconds} giây{minutes} rồi thử lại.", "Too many wrong tries. Please wait {seconds} seconds{minutes}."],
  minutes: [" (khoảng {n} phút)", " (about {n} minutes)"],
});

type Props = { profile: Profile; note: string | null; back: () => void };

export function Unlock({ profile, note, back }: Props): JSX.Element {
  const way = useSignal<"pin" | "password">("pin");
  const { refusal, fault, busy, open } = useOpening();
  const hard = refusal.value?.why === "hard-locked";
  if (hard) way.value = "password";
  const seconds = useWait(refusal.value?.why === "wait" ? refusal.value.until : null);
  const otherWay = () => {
    // each way has its own tries: a wait of the PIN does not keep the password waiting
    refusal.value = fault.value = null;
    way.value = way.value === "pin" ? "password" : "pin";
  };
  const told = seconds > 0 ? waitWords(seconds) : busy.value ? say(WORDS.opening) : fault.value;
  const stopped = busy.value || seconds > 0;
  return (
    <Screen title={say(WORDS.title, { username: profile.username })} back={back}>
      <div class="narrow stack">
        {note !== null && fault.value === null && <Notice kind="info">{note}</Notice>}
        {told !== null && <Notice kind={busy.value ? "info" : "fault"}>{told}</Notice>}
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

function waitWords(seconds: number): string {
  const minutes = seconds < 120 ? "" : say(WORDS.minutes, { n: Math.ceil(seconds / 60) });
  return say(WORDS.wait, { seconds, minutes });
}

/** Whole seconds until a moment; 0 when it has come. */
function useWait(until: number | null): number {
  const left = useSignal(0);
  useEffect(() => {
    const count = () => (left.value = until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    count();
    const timer = setInterval(count, 500);
    return () => clearInterval(timer);
  }, [until]);
  return left.value;
}
