// A new user of this tablet, in two steps here: the account, tried at the server; then the PIN, with which the profile
// is made. The third step, the officer's code, is a screen of the open profile (enrol_code.tsx): it can be repeated.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { setSetting } from "../disk/settings.ts";
import { makeProfile, type Profile } from "../disk/vault.ts";
import { Line } from "../line/line.ts";
import { enter } from "../session.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { NewPin, newPinFault } from "./new_pin.tsx";
import { Button, Notice, Screen, TextField } from "./parts.tsx";

const WORDS = texts({
  title: ["Đăng ký máy", "Enrol the tablet"],
  step: ["Bước {step} trong 3", "Step {step} of 3"],
  account: ["Tài khoản của bạn", "Your account"],
  account_why: ["Cần có mạng cho bước này. Tên đăng nhập và mật khẩu do cán bộ xã cấp.", "This step needs a network. The commune officer gives you the user name and the password."],
  server: ["Địa chỉ máy chủ", "Address of the server"],
  server_hint: ["Thường để nguyên như vậy.", "Usually left as it is."],
  username: ["Tên đăng nhập", "User name"],
  password: ["Mật khẩu", "Password"],
  next: ["Tiếp tục", "Go on"],
  trying: ["Đang đăng nhập…", "Signing in…"],
  pin: ["Mã PIN của máy", "The PIN of the tablet"],
  pin_why: [
    "Dữ liệu trên máy được mã hoá. Mã PIN mở khoá hằng ngày, không cần mạng. Quên mã PIN thì dùng mật khẩu.",
    "What lies on the tablet is sealed. The PIN opens it every day, without a network. If you forget it, the password does.",
  ],
  making: ["Đang tạo khoá mã hoá…", "Making the key…"],
  known: ["Tài khoản này đã có trên máy. Hãy mở bằng mã PIN.", "This account is on the tablet already. Open it with its PIN."],
  unlock: ["Mở tài khoản đó", "Open that account"],
  address: ["Địa chỉ cần bắt đầu bằng https://", "The address has to begin with https://"],
});

type Account = { server: string; username: string; password: string };
type Props = { known: Profile[]; back: () => void; choose: (one: Profile) => void };

export function Enrol(props: Props): JSX.Element {
  const account = useSignal<{ given: Account; token: string } | null>(null);
  if (account.value === null) return <AccountStep {...props} done={(given, token) => (account.value = { given, token })} />;
  return <PinStep account={account.value.given} token={account.value.token} back={() => (account.value = null)} />;
}

/** null where it is no address of a server. */
function server(typed: string | null): string | null {
  try {
    const url = new URL(typed ?? "");
    return /^https?:$/.test(url.protocol) ? url.href.replace(/\/+$/, "") : null;
  } catch {
    return null;
  }
}

/** Tries the account at the server, before anything is made on the tablet; the token it gave. */
async function tried(account: Account): Promise<string> {
  let kept = "";
  const keep = async (token: string) => void (kept = token);
  const line = new Line({ server: account.server, refreshToken: null, keepRefreshToken: keep, attempts: 3 });
  await line.signIn(account.username, account.password, null);
  return kept;
}

function AccountStep(props: Props & { done: (account: Account, token: string) => void }): JSX.Element {
  const form = useSignal<{ server: string | null; username: string | null; password: string | null }>({ server: location.origin, username: null, password: null });
  const fault = useSignal<string | null>(null);
  const busy = useSignal(false);
  const address = server(form.value.server);
  const same = props.known.find((one) => one.username === form.value.username?.trim() && one.server === address);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { username, password } = form.value;
    if (address === null || username === null || password === null || busy.value) return;
    const account = { server: address, username: username.trim(), password };
    busy.value = true;
    fault.value = null;
    try {
      props.done(account, await tried(account));
    } catch (error) {
      fault.value = said(error);
    }
    busy.value = false;
  };
  const set = (name: "server" | "username" | "password") => (value: string | null) => (form.value = { ...form.value, [name]: value });
  return (
    <Screen title={say(WORDS.title)} back={props.back}>
      <form class="narrow stack" onSubmit={submit}>
        <p class="muted">{say(WORDS.step, { step: 1 })}</p>
        <h2>{say(WORDS.account)}</h2>
        <p>{say(WORDS.account_why)}</p>
        <TextField label={say(WORDS.username)} name="username" autoComplete="username" value={form.value.username} onChange={set("username")} required />
        <TextField label={say(WORDS.password)} name="password" type="password" autoComplete="current-password" value={form.value.password} onChange={set("password")} required />
        <TextField label={say(WORDS.server)} hint={say(WORDS.server_hint)} name="server" type="url" value={form.value.server} onChange={set("server")} fault={address === null ? say(WORDS.address) : undefined} required />
        {fault.value !== null && <Notice kind="fault">{fault.value}</Notice>}
        {same === undefined && <Button kind="main" submit disabled={busy.value}>{say(busy.value ? WORDS.trying : WORDS.next)}</Button>}
        {same !== undefined && <Known choose={() => props.choose(same)} />}
      </form>
    </Screen>
  );
}

function Known({ choose }: { choose: () => void }): JSX.Element {
  return (
    <>
      <Notice kind="info">{say(WORDS.known)}</Notice>
      <Button kind="main" onPress={choose}>{say(WORDS.unlock)}</Button>
    </>
  );
}

function PinStep(props: { account: Account; token: string; back: () => void }): JSX.Element {
  const pins = useSignal<[string, string]>(["", ""]);
  const fault = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    fault.value = newPinFault(pins.value);
    if (fault.value !== undefined || busy.value) return;
    busy.value = true;
    const { username, server, password } = props.account;
    try {
      const opened = await makeProfile({ username, server }, pins.value[0], password);
      // the profile is made: a second press would make another one. Without the token the password is asked for again
      await setSetting(opened, "refresh_token", props.token).catch(() => undefined);
      await enter(opened);
    } catch (error) {
      fault.value = said(error);
    }
    busy.value = false;
  };
  return (
    <Screen title={say(WORDS.title)} back={props.back}>
      <form class="narrow stack" onSubmit={submit}>
        <p class="muted">{say(WORDS.step, { step: 2 })}</p>
        <h2>{say(WORDS.pin)}</h2>
        <p>{say(WORDS.pin_why)}</p>
        <NewPin value={pins.value} onChange={(value) => (pins.value = value)} fault={fault.value} />
        <Button kind="main" submit disabled={busy.value}>{say(busy.value ? WORDS.making : WORDS.next)}</Button>
      </form>
    </Screen>
  );
}
