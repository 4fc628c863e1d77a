// The password, asked in place when the server has signed the surveyor out. Nothing on the tablet is touched by it.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { rewrapPassword } from "../disk/vault.ts";
import { Refused } from "../line/line.ts";
import type { Tablet } from "../tablet.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice, TextField } from "./parts.tsx";

const WORDS = texts({
  why: ["Máy chủ cần bạn đăng nhập lại. Phiếu trên máy vẫn còn nguyên và sẽ được gửi ngay sau đó.", "The server asks you to sign in again. All work is still on the tablet, and is sent right after."],
  password: ["Mật khẩu của {username}", "Password of {username}"],
  go: ["Đăng nhập", "Sign in"],
  going: ["Đang đăng nhập…", "Signing in…"],
});

export function Password({ tablet, done }: { tablet: Tablet; done: () => void }): JSX.Element {
  const { username, device_id } = tablet.opened.profile;
  const password = useSignal<string | null>(null);
  const fault = useSignal<string | null>(null);
  const busy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (password.value === null || busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      await signedIn(tablet, username, password.value, device_id);
      // the password of the account may be another one now: it is the one that opens this tablet from here on
      await rewrapPassword(tablet.opened, password.value);
      done();
    } catch (error) {
      fault.value = said(error);
    }
    busy.value = false;
  };
  return (
    <form class="stack" onSubmit={submit}>
      <Notice kind="warning">{say(WORDS.why)}</Notice>
      <TextField label={say(WORDS.password, { username })} type="password" autoComplete="current-password" value={password.value} onChange={(value) => (password.value = value)} required />
      {fault.value !== null && <Notice kind="fault">{fault.value}</Notice>}
      <Button kind="main" submit disabled={busy.value}>{say(busy.value ? WORDS.going : WORDS.go)}</Button>
    </form>
  );
}

async function signedIn(tablet: Tablet, username: string, password: string, deviceId: string): Promise<void> {
  try {
    await tablet.line.signIn(username, password, deviceId);
  } catch (error) {
    // a tablet that the server has never heard of, or not since it was restored, signs in without its id
    if (!(error instanceof Refused) || error.slug !== "device-not-enrolled") throw error;
    await tablet.line.signIn(username, password, null);
  }
}
