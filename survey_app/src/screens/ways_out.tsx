// Work out to a sealed file, and in from one: the way without a network.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { brought } from "../actions/brought.ts";
import { exportOutbox, importOutbox, type Taken } from "../disk/ways_out.ts";
import { today } from "../ids.ts";
import type { Tablet } from "../tablet.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice, Screen, TextField } from "./parts.tsx";
import { FromBefore } from "./from_before.tsx";
import { saveFile } from "./save_file.ts";

const WORDS = texts({
  title: ["Phiếu ra tệp, vào tệp", "Work to and from a file"],
  out: ["Đưa phiếu ra tệp", "Work to a file"],
  out_why: [
    "Tệp chứa mọi phiếu và ảnh mà máy chủ chưa nhận, được niêm phong bằng mật khẩu bạn đặt ở đây. Phiếu vẫn ở lại trên máy này.",
    "The file holds all work and photos that the server does not have, sealed with a passphrase that you choose here. The work also stays on this tablet.",
  ],
  passphrase: ["Mật khẩu của tệp", "Passphrase of the file"],
  passphrase_hint: ["Ít nhất 10 ký tự. Hãy ghi nhớ: không có nó thì không ai mở được tệp.", "At least 10 characters. Remember it: without it nobody opens the file."],
  again: ["Nhập lại mật khẩu của tệp", "The passphrase again"],
  short: ["Cần ít nhất 10 ký tự.", "At least 10 characters are needed."],
  differ: ["Hai lần nhập chưa giống nhau.", "The two are not the same."],
  make: ["Tạo tệp và lưu", "Make and save the file"],
  made: ["Đã lưu tệp vào mục Tải xuống của máy.", "The file is in the downloads of the tablet."],
  in: ["Nhận phiếu từ tệp", "Work from a file"],
  in_why: ["Tệp do máy khác của cùng tài khoản tạo ra. Nhận hai lần cũng không bị trùng.", "A file made by another tablet of the same account. Taking it twice does no harm."],
  file: ["Tệp", "File"],
  take: ["Nhận vào máy", "Take it in"],
  taken: ["Đã nhận {n} phiếu vào hộp gửi.", "{n} pieces are in the outbox now."],
  forms: ["{n} phiếu làm dở đã vào danh sách làm dở.", "{n} forms that were not finished are among those begun."],
  none: ["Mọi phiếu trong tệp đã có trên máy này.", "All work of the file was here already."],
  no_file: ["Đây không phải là tệp phiếu của ứng dụng này, hoặc tệp đã hỏng.", "This is no file of this app, or it is damaged."],
});

const SHORTEST = 10;

export function WaysOut({ tablet }: { tablet: Tablet }): JSX.Element {
  return (
    <Screen title={say(WORDS.title)} back={["outbox"]}>
      <div class="narrow stack">
        <Out tablet={tablet} />
        <In tablet={tablet} />
        <FromBefore tablet={tablet} />
      </div>
    </Screen>
  );
}

function Out({ tablet }: { tablet: Tablet }): JSX.Element {
  const passphrase = useSignal<string | null>(null);
  const again = useSignal<string | null>(null);
  const told = useSignal<{ kind: "good" | "fault"; words: string } | null>(null);
  const busy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    const given = passphrase.value ?? "";
    if (given.length < SHORTEST || given !== again.value) {
      told.value = { kind: "fault", words: say(given.length < SHORTEST ? WORDS.short : WORDS.differ) };
      return;
    }
    busy.value = true;
    try {
      saveFile(await exportOutbox(tablet.opened, given), `phieu-${tablet.opened.profile.username}-${today()}.giamngheo`);
      told.value = { kind: "good", words: say(WORDS.made) };
    } catch (error) {
      told.value = { kind: "fault", words: said(error) };
    }
    busy.value = false;
  };
  const field = { type: "password", autoComplete: "new-password", required: true } as const;
  return (
    <form class="card stack" onSubmit={submit}>
      <h2>{say(WORDS.out)}</h2>
      <p>{say(WORDS.out_why)}</p>
      <TextField {...field} label={say(WORDS.passphrase)} hint={say(WORDS.passphrase_hint)} value={passphrase.value} onChange={(value) => (passphrase.value = value)} />
      <TextField {...field} label={say(WORDS.again)} value={again.value} onChange={(value) => (again.value = value)} />
      {told.value !== null && <Notice kind={told.value.kind}>{told.value.words}</Notice>}
      <Button kind="main" submit disabled={busy.value}>{say(WORDS.make)}</Button>
    </form>
  );
}

function takenWords({ works, drafts }: Taken): string {
  if (works + drafts === 0) return say(WORDS.none);
  const told = [works > 0 && say(WORDS.taken, { n: works }), drafts > 0 && say(WORDS.forms, { n: drafts })];
  return told.filter(Boolean).join(" ");
}

function In({ tablet }: { tablet: Tablet }): JSX.Element {
  const file = useSignal<File | null>(null);
  const passphrase = useSignal<string | null>(null);
  const told = useSignal<{ kind: "good" | "fault"; words: string } | null>(null);
  const busy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (file.value === null || passphrase.value === null) return;
    busy.value = true;
    try {
      // also what came of a file that did not come whole
      const taken = await importOutbox(tablet.opened, file.value, passphrase.value).finally(() => brought(tablet));
      told.value = { kind: "good", words: takenWords(taken) };
    } catch (error) {
      told.value = { kind: "fault", words: error instanceof SyntaxError ? say(WORDS.no_file) : said(error) };
    }
    busy.value = false;
  };
  return (
    <form class="card stack" onSubmit={submit}>
      <h2>{say(WORDS.in)}</h2>
      <p>{say(WORDS.in_why)}</p>
      <label class="field">
        <span>{say(WORDS.file)}</span>
        <input type="file" accept=".giamngheo" required onChange={(event) => (file.value = event.currentTarget.files?.[0] ?? null)} />
      </label>
      <TextField label={say(WORDS.passphrase)} type="password" value={passphrase.value} onChange={(value) => (passphrase.value = value)} required />
      {told.value !== null && <Notice kind={told.value.kind}>{told.value.words}</Notice>}
      <Button kind="main" submit disabled={busy.value}>{say(WORDS.take)}</Button>
    </form>
  );
}
