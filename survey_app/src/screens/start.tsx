// The first screen: who works on this tablet.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { profiles, type Profile } from "../disk/vault.ts";
import { finishWipes } from "../disk/wipe.ts";
import { said } from "../words/said.ts";
import { language, say, texts } from "../words/words.ts";
import { Enrol } from "./enrol.tsx";
import { HomesIcon, NextIcon, PlusIcon } from "./icons.tsx";
import { LeftBehind } from "./left_behind.tsx";
import { Button, Notice, Screen } from "./parts.tsx";
import { Unlock } from "./unlock.tsx";

const WORDS = texts({
  title: ["Rà soát hộ nghèo", "Poverty review"],
  welcome: ["Chào bạn!", "Welcome!"],
  about: [
    "Ứng dụng dùng để đi rà soát từng hộ, cả khi không có mạng. Cán bộ xã cấp cho bạn tài khoản và một mã đăng ký máy.",
    "With this app you review households, also without a network. The commune officer gives you an account and a code for the tablet.",
  ],
  who: ["Ai đang dùng máy?", "Who is using this tablet?"],
  new: ["Đăng ký máy này", "Enrol this tablet"],
  another: ["Thêm người dùng khác", "Another user"],
  idle: ["Máy đã tự khoá vì không ai dùng. Mọi thứ bạn đã nhập vẫn còn.", "The tablet locked itself. All that you entered is still there."],
  other_language: ["English", "Tiếng Việt"],
});

/** Which account was chosen or made here: asked again after a lock, without a detour over the list. */
let chosen: string | null = null;

export function Start({ why, fault: failed }: { why: "start" | "idle" | "locked"; fault: string | null }): JSX.Element {
  const known = useSignal<Profile[] | null>(null);
  const fault = useSignal<string | null>(null);
  const at = useSignal<"who" | "enrol" | Profile>("who");
  useEffect(() => {
    void finishWipes().catch(() => undefined);
    profiles().then(
      (found) => {
        const again = found.find((one) => one.id === chosen) ?? (found.length === 1 ? found[0] : undefined);
        if (again !== undefined) at.value = again;
        known.value = found;
      },
      (error: unknown) => (fault.value = said(error)),
    );
  }, []);
  const choose = (one: Profile) => {
    chosen = one.id;
    at.value = one;
  };
  if (fault.value !== null) return <Screen title={say(WORDS.title)}><Notice kind="fault">{fault.value}</Notice></Screen>;
  if (known.value === null) return <Screen title={say(WORDS.title)}>{null}</Screen>;
  if (at.value === "enrol") return <Enrol known={known.value} back={() => (at.value = "who")} choose={choose} />;
  if (at.value === "who") return <Who known={known.value} fault={failed} choose={choose} enrol={() => (at.value = "enrol")} />;
  return <Unlock profile={at.value} note={failed ?? (why === "idle" ? say(WORDS.idle) : null)} back={() => (at.value = "who")} />;
}

function Who(props: { known: Profile[]; fault: string | null; choose: (one: Profile) => void; enrol: () => void }): JSX.Element {
  const other = () => (language.value = language.value === "vi" ? "en" : "vi");
  return (
    <Screen title={say(WORDS.title)}>
      <div class="stack">
        {props.fault !== null && <Notice kind="fault">{props.fault}</Notice>}
        {props.known.length === 0 ? (
          <div class="card welcome">
            <HomesIcon />
            <h2>{say(WORDS.welcome)}</h2>
            <p>{say(WORDS.about)}</p>
          </div>
        ) : (
          <section class="card">
            <h2>{say(WORDS.who)}</h2>
            <ul class="rows">
              {props.known.map((one) => (
                <li key={one.id}>
                  <button type="button" class="line" onClick={() => props.choose(one)}>
                    <span class="lines">
                      <strong>{one.username}</strong>
                      <span class="muted small">{new URL(one.server).host}</span>
                    </span>
                    <NextIcon />
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
        <Button kind={props.known.length === 0 ? "main" : "plain"} onPress={props.enrol}>
          <PlusIcon />
          {say(props.known.length === 0 ? WORDS.new : WORDS.another)}
        </Button>
        <LeftBehind />
        <Button onPress={other}><span lang={language.value === "vi" ? "en" : "vi"}>{say(WORDS.other_language)}</span></Button>
      </div>
    </Screen>
  );
}
