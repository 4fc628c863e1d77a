// Work that this account left on this very tablet when it was revoked: taken back after enrolling again.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { loadOutbox } from "../disk/outbox.ts";
import { type LeftBehind, leftBehind, takeLeftBehind } from "../disk/ways_out.ts";
import { shown, type Tablet } from "../tablet.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice, TextField } from "./parts.tsx";

const WORDS = texts({
  title: ["Phiếu còn lại từ trước khi máy bị thu hồi", "Work left from before the tablet was revoked"],
  count: ["{count} phiếu chưa gửi. Nhập mật khẩu bạn dùng lúc đó để đưa chúng vào hộp gửi.", "{count} pieces were not sent. With the password of that time they come into the outbox."],
  password: ["Mật khẩu lúc đó", "The password of that time"],
  take: ["Đưa vào hộp gửi", "Into the outbox"],
  taken: ["Đã đưa {n} phiếu vào hộp gửi.", "{n} pieces are in the outbox now."],
});

export function FromBefore({ tablet }: { tablet: Tablet }): JSX.Element {
  const found = useSignal<LeftBehind[]>([]);
  const password = useSignal<string | null>(null);
  const told = useSignal<{ kind: "good" | "fault"; words: string } | null>(null);
  const busy = useSignal(false);
  const { username } = tablet.opened.profile;
  const look = () => leftBehind().then((all) => (found.value = all.filter((one) => one.username === username)), () => undefined);
  useEffect(() => void look(), []);
  const take = async (event: Event, id: string) => {
    event.preventDefault();
    if (password.value === null || busy.value) return;
    busy.value = true;
    try {
      const n = await takeLeftBehind(tablet.opened, id, password.value);
      shown(tablet, await loadOutbox(tablet.opened));
      told.value = { kind: "good", words: say(WORDS.taken, { n }) };
      await look();
    } catch (error) {
      told.value = { kind: "fault", words: said(error) };
    }
    busy.value = false;
  };
  return (
    <>
      {found.value.map((one) => (
        <form class="card stack" key={one.id} onSubmit={(event) => void take(event, one.id)}>
          <h2>{say(WORDS.title)}</h2>
          <p>{say(WORDS.count, { count: one.count })}</p>
          <TextField label={say(WORDS.password)} type="password" value={password.value} onChange={(value) => (password.value = value)} required />
          <Button kind="main" submit disabled={busy.value}>{say(WORDS.take)}</Button>
        </form>
      ))}
      {told.value !== null && <Notice kind={told.value.kind}>{told.value.words}</Notice>}
    </>
  );
}
