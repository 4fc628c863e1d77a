// The officer's one-time code binds this tablet to its surveyor. A profile without it, or one that a restored server
// does not know any more, stands here; what is on the tablet stays there.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { setSetting } from "../disk/settings.ts";
import { enrol } from "../line/enrolment.ts";
import { SignedOut } from "../line/line.ts";
import { lock, nowEnrolled } from "../session.ts";
import type { Tablet } from "../tablet.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice, Screen, TextField } from "./parts.tsx";
import { Password } from "./password.tsx";

const WORDS = texts({
  title: ["Đăng ký máy", "Enrol the tablet"],
  step: ["Bước 3 trong 3", "Step 3 of 3"],
  code: ["Mã đăng ký", "Code"],
  code_hint: ["Cán bộ xã cấp; mỗi mã chỉ dùng một lần.", "From the commune officer; each works once."],
  name: ["Tên của máy", "Name of the tablet"],
  name_hint: ["Để cán bộ xã nhận ra máy này, ví dụ “Máy xóm 3”.", "So that the officer knows this tablet, for example “Tablet of hamlet 3”."],
  default_name: ["Máy của {username}", "Tablet of {username}"],
  go: ["Đăng ký", "Enrol"],
  going: ["Đang đăng ký…", "Enrolling…"],
  later: ["Để sau, khoá máy", "Later, lock the tablet"],
  kept: ["Tài khoản và mã PIN đã được giữ trên máy; lần sau bạn chỉ cần nhập mã đăng ký.", "Account and PIN are kept; next time only the code is needed."],
});

export function EnrolCode({ tablet }: { tablet: Tablet }): JSX.Element {
  return (
    <Screen title={say(WORDS.title)} foot={<Button onPress={() => lock()}>{say(WORDS.later)}</Button>}>
      <div class="narrow stack">
        <p class="muted">{say(WORDS.step)}</p>
        <CodeForm tablet={tablet} done={nowEnrolled} />
        <p class="muted">{say(WORDS.kept)}</p>
      </div>
    </Screen>
  );
}

/** Also where the server has forgotten a tablet that was enrolled. */
export function CodeForm({ tablet, done }: { tablet: Tablet; done: () => void }): JSX.Element {
  const { username } = tablet.opened.profile;
  const code = useSignal<string | null>(null);
  const name = useSignal<string | null>(say(WORDS.default_name, { username }));
  const fault = useSignal<string | null>(null);
  const busy = useSignal(false);
  const signedOut = useSignal(false);
  const submit = async (event?: Event) => {
    event?.preventDefault();
    if (code.value === null || name.value === null || busy.value) return;
    busy.value = true;
    fault.value = null;
    try {
      const { areas } = await enrol(tablet.opened, tablet.line, code.value.trim(), name.value.trim());
      await setSetting(tablet.opened, "enrolled", { areas });
      done();
    } catch (error) {
      signedOut.value = error instanceof SignedOut;
      if (!signedOut.value) fault.value = said(error);
    }
    busy.value = false;
  };
  if (signedOut.value) return <Password tablet={tablet} done={() => ((signedOut.value = false), void submit())} />;
  return (
    <form class="stack" onSubmit={submit}>
      <TextField label={say(WORDS.code)} hint={say(WORDS.code_hint)} name="code" value={code.value} onChange={(value) => (code.value = value)} required />
      <TextField label={say(WORDS.name)} hint={say(WORDS.name_hint)} name="tablet" maxLength={60} value={name.value} onChange={(value) => (name.value = value)} required />
      {fault.value !== null && <Notice kind="fault">{fault.value}</Notice>}
      <Button kind="main" submit disabled={busy.value}>{say(busy.value ? WORDS.going : WORDS.go)}</Button>
    </form>
  );
}
