// Settings: how the app looks, the PIN, the lock, what it is, and taking a user off the tablet.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { setSetting, setting } from "../disk/settings.ts";
import { changePin } from "../disk/vault.ts";
import { IDLE_CHOICES, idleMinutes, lockAfter } from "../idle_minutes.ts";
import { appVersion } from "../line/versions.ts";
import { size, type Size } from "../look.ts";
import { lock } from "../session.ts";
import type { Tablet } from "../tablet.ts";
import { said } from "../words/said.ts";
import { type Language, language, say, texts } from "../words/words.ts";
import { useAttempt } from "./attempt.ts";
import { LockIcon } from "./icons.tsx";
import { MainNav } from "./main_nav.tsx";
import { newPinFault, NewPin } from "./new_pin.tsx";
import { Button, Choice, Notice, Screen } from "./parts.tsx";
import { go } from "./route.ts";
import { moment } from "./sync_state.tsx";
import { TakeOff } from "./take_off.tsx";

const WORDS = texts({
  title: ["Cài đặt", "Settings"],
  lock: ["Khoá máy ngay", "Lock now"],
  language: ["Ngôn ngữ", "Language"],
  vi: ["Tiếng Việt", "Tiếng Việt"],
  en: ["English", "English"],
  size: ["Cỡ chữ", "Size of the letters"],
  normal: ["Vừa", "Normal"],
  large: ["To", "Large"],
  largest: ["Rất to", "Largest"],
  idle: ["Tự khoá sau", "Lock by itself after"],
  minutes: ["{n} phút", "{n} minutes"],
  pin: ["Đổi mã PIN", "Change the PIN"],
  pin_done: ["Đã đổi mã PIN.", "The PIN was changed."],
  about: ["Về ứng dụng", "About"],
  version: ["Bản dựng", "Build"],
  account: ["Tài khoản", "Account"],
  server: ["Máy chủ", "Server"],
  forms: ["Mẫu phiếu", "Forms"],
  loaded: ["Tải đủ lần cuối", "Last complete"],
  never: ["chưa", "never"],
  differing: ["Đối chiếu với máy chủ", "Compared with the server"],
  buckets: ["còn {n} phần khác nhau: xin báo cán bộ xã", "{n} parts still differ: please tell the commune officer"],
});

export function Settings({ tablet, parts }: { tablet: Tablet; parts: string[] }): JSX.Element {
  if (parts[1] === "pin") return <PinChange tablet={tablet} />;
  return (
    <Screen title={say(WORDS.title)} foot={<MainNav tablet={tablet} here="settings" />}>
      <div class="narrow stack">
        <Button kind="main" onPress={() => lock()}><LockIcon />{say(WORDS.lock)}</Button>
        <Look />
        <Idle tablet={tablet} />
        <Button onPress={() => go("settings", "pin")}>{say(WORDS.pin)}</Button>
        <About tablet={tablet} />
        <TakeOff tablet={tablet} />
      </div>
    </Screen>
  );
}

function Look(): JSX.Element {
  const languages = (["vi", "en"] as const).map((code) => ({ code, label: WORDS[code], lang: code }));
  const sizes = (["normal", "large", "largest"] as const).map((code) => ({ code, label: WORDS[code] }));
  return (
    <section class="card">
      <Choice label={say(WORDS.language)} options={languages} value={language.value} always onChange={(code) => (language.value = code as Language)} />
      <Choice label={say(WORDS.size)} options={sizes} value={size.value} always onChange={(code) => (size.value = code as Size)} />
    </section>
  );
}

function Idle({ tablet }: { tablet: Tablet }): JSX.Element {
  const options = IDLE_CHOICES.map((n) => ({ code: String(n), label: { vi: say(WORDS.minutes, { n }), en: say(WORDS.minutes, { n }) } }));
  const { attempt, fault } = useAttempt();
  const choose = (code: string | null) => {
    lockAfter(Number(code));
    attempt(() => setSetting(tablet.opened, "idle_minutes", Number(code)));
  };
  return (
    <section class="card">
      <Choice label={say(WORDS.idle)} options={options} value={String(idleMinutes.value)} always onChange={choose} />
      {fault !== null && <Notice kind="fault">{fault}</Notice>}
    </section>
  );
}

function About({ tablet }: { tablet: Tablet }): JSX.Element {
  const { username, server } = tablet.opened.profile;
  const at = tablet.completeAt.value;
  const forms = tablet.reference.value?.forms ?? [];
  const [differing, setDiffering] = useState(0);
  useEffect(() => void setting<number>(tablet.opened, "differing").then((found) => setDiffering(found ?? 0), () => undefined), [at]);
  return (
    <section class="card">
      <h2>{say(WORDS.about)}</h2>
      <dl class="facts">
        <dt>{say(WORDS.account)}</dt><dd>{username}</dd>
        <dt>{say(WORDS.server)}</dt><dd>{new URL(server).host}</dd>
        <dt>{say(WORDS.version)}</dt><dd>{appVersion}</dd>
        <dt>{say(WORDS.forms)}</dt><dd>{forms.map((form) => `${form.code} ${form.version} (${form.sha256.slice(0, 8)})`).join(", ")}</dd>
        <dt>{say(WORDS.loaded)}</dt><dd>{at === null ? say(WORDS.never) : moment(at)}</dd>
        {differing > 0 && <><dt>{say(WORDS.differing)}</dt><dd>{say(WORDS.buckets, { n: differing })}</dd></>}
      </dl>
    </section>
  );
}

function PinChange({ tablet }: { tablet: Tablet }): JSX.Element {
  const pins = useSignal<[string, string]>(["", ""]);
  const fault = useSignal<string | undefined>(undefined);
  const state = useSignal<"typing" | "busy" | "done">("typing");
  const submit = async (event: Event) => {
    event.preventDefault();
    fault.value = newPinFault(pins.value);
    if (fault.value !== undefined || state.value === "busy") return;
    state.value = "busy";
    try {
      await changePin(tablet.opened, pins.value[0]);
      state.value = "done";
    } catch (error) {
      fault.value = said(error);
      state.value = "typing";
    }
  };
  return (
    <Screen title={say(WORDS.pin)} back={["settings"]}>
      <form class="narrow stack" onSubmit={submit}>
        {state.value === "done" ? <Notice kind="good">{say(WORDS.pin_done)}</Notice> : (
          <>
            <NewPin value={pins.value} onChange={(value) => (pins.value = value)} fault={fault.value} />
            <Button kind="main" submit disabled={state.value === "busy"}>{say(WORDS.pin)}</Button>
          </>
        )}
      </form>
    </Screen>
  );
}
