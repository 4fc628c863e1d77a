// Work that this account left on this very tablet when it was revoked: taken back after enrolling again.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { brought } from "../actions/brought.ts";
import { type LeftBehind, leftBehind, takeLeftBehind } from "../disk/ways_out.ts";
import type { Tablet } from "../tablet.ts";
import { said } from "../words/said.ts";
import { say, texts } from "../words/words.ts";
import { Button, Notice, TextField } from "./parts.tsx";

const WORDS = texts({
  title: ["Phiếu còn lại từ trước khi máy bị thu hồi", "Work left from before the tablet was revoked"],
  count: [
    "Còn {count} phiếu chưa gửi và {drafts} phiếu làm dở. Nhập mật khẩu bạn dùng lúc đó để lấy lại.",
    "{count} pieces were not sent and {drafts} forms not finished. With the password of that time you get them back.",
  ],
  password: ["Mật khẩu lúc đó", "The password of that time"],
  take: ["Lấy lại phiếu", "Get them back"],
  taken: ["Đã đưa {works} phiếu vào hộp gửi; {drafts} phiếu làm dở nằm lại trong danh sách làm dở.", "{works} pieces are in the outbox now, and {drafts} forms among those begun."],
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
      // also what came of it where the disk refused the rest
      const taken = await takeLeftBehind(tablet.opened, id, password.value).finally(() => brought(tablet));
      told.value = { kind: "good", words: say(WORDS.taken, taken) };
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
          <p>{say(WORDS.count, { count: one.count, drafts: one.drafts })}</p>
          <TextField label={say(WORDS.password)} type="password" value={password.value} onChange={(value) => (password.value = value)} required />
          <Button kind="main" submit disabled={busy.value}>{say(WORDS.take)}</Button>
        </form>
      ))}
      {told.value !== null && <Notice kind={told.value.kind}>{told.value.words}</Notice>}
    </>
  );
}
