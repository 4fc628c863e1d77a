// What wiped profiles left unsent: sealed files that only the password of their account opens.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { leftBehind } from "../disk/ways_out.ts";
import { say, texts } from "../words/words.ts";
import { saveFile } from "./save_file.ts";
import { Button, Notice } from "./parts.tsx";
import { moment } from "./sync_state.tsx";

const WORDS = texts({
  title: ["Phiếu còn lại trên máy", "Work left on this tablet"],
  one: ["{username}: {count} phiếu chưa gửi, {drafts} phiếu làm dở, còn lại từ {at}", "{username}: {count} pieces not sent, {drafts} forms not finished, left at {at}"],
  why: [
    "Tệp này được niêm phong: chỉ mật khẩu của tài khoản đó mở được. Hãy lưu tệp và đưa cho cán bộ xã.",
    "The file is sealed: only the password of that account opens it. Save it and hand it to the commune officer.",
  ],
  save: ["Lưu tệp", "Save the file"],
});

export function LeftBehind(): JSX.Element | null {
  const found = useSignal<Awaited<ReturnType<typeof leftBehind>>>([]);
  useEffect(() => void leftBehind().then((files) => (found.value = files), () => undefined), []);
  if (found.value.length === 0) return null;
  return (
    <section class="card">
      <h2>{say(WORDS.title)}</h2>
      <Notice kind="info">{say(WORDS.why)}</Notice>
      {found.value.map((one) => (
        <div class="row" key={one.username + one.wiped_at}>
          <span>{say(WORDS.one, { username: one.username, count: one.count, drafts: one.drafts, at: moment(one.wiped_at) })}</span>
          <Button onPress={() => saveFile(one.file, `phieu-chua-gui-${one.username}.giamngheo`)}>{say(WORDS.save)}</Button>
        </div>
      ))}
    </section>
  );
}
