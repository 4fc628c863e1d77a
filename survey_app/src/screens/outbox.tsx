// The outbox: what waits, what is safe, what somebody decides, what was refused and why. Nothing here deletes work.

import type { JSX } from "preact";

import { syncNow } from "../syncing.ts";
import type { Tablet } from "../tablet.ts";
import { say, texts } from "../words/words.ts";
import { corrected } from "../actions/corrected.ts";
import { type State, stateOf } from "../words/work_words.ts";
import { MainNav } from "./main_nav.tsx";
import { OutboxGroup } from "./outbox_group.tsx";
import { Button, Screen } from "./parts.tsx";
import { RoomLeft } from "./room_left.tsx";
import { StillHere } from "./still_here.tsx";
import { SyncPanel } from "./sync_panel.tsx";
import { moment } from "./sync_state.tsx";
import { WaysOut } from "./ways_out.tsx";

const WORDS = texts({
  title: ["Hộp gửi", "Outbox"],
  send: ["Gửi ngay", "Send now"],
  sending: ["Đang gửi…", "Sending…"],
  last: ["Lần cuối gửi và tải đủ: {at}", "Last complete: {at}"],
  never: ["Chưa gửi và tải đủ lần nào", "Never complete yet"],
  nothing: ["Không có gì đang chờ. Mọi phiếu đã được máy chủ nhận và sao lưu.", "Nothing waits. The server has all work, and a backup of it."],
  waiting: ["Chờ gửi", "To be sent"],
  refused: ["Bị trả lại, cần sửa", "Sent back, to be put right"],
  conflict: ["Trái nhau, cán bộ xã đang quyết định", "In conflict, the officer decides"],
  kept: ["Máy chủ đang giữ, chờ xử lý", "Kept on the server for a person"],
  corrected: ["Bị trả lại, đã làm lại", "Sent back, and done again"],
  safe: ["Đã gửi và an toàn", "Sent and safe"],
  safe_why: ["Máy chủ đã nhận. Máy này còn giữ thêm một bản cho đến khi máy chủ sao lưu xong.", "The server has it. This tablet keeps a copy until the server's backup is done."],
});

const ORDER: State[] = ["refused", "waiting", "conflict", "kept", "safe", "corrected"];

export function Outbox({ tablet, parts }: { tablet: Tablet; parts: string[] }): JSX.Element {
  if (parts[1] === "file") return <WaysOut tablet={tablet} />;
  const outbox = tablet.outbox.value;
  const again = corrected(outbox);
  const busy = tablet.syncing.value !== null;
  const at = tablet.completeAt.value;
  const why: Partial<Record<State, string>> = { safe: say(WORDS.safe_why) };
  return (
    <Screen title={say(WORDS.title)} foot={<MainNav tablet={tablet} here="outbox" />}>
      <div class="stack">
        <section class="card">
          <SyncPanel tablet={tablet} />
          <p class="muted">{at === null ? say(WORDS.never) : say(WORDS.last, { at: moment(at) })}</p>
          <Button kind="main" disabled={busy} onPress={() => void syncNow(tablet)}>{say(busy ? WORDS.sending : WORDS.send)}</Button>
        </section>
        <StillHere tablet={tablet} nothing={outbox.length === 0 ? say(WORDS.nothing) : null} />
        {ORDER.map((state) => (
          <OutboxGroup key={state} tablet={tablet} title={say(WORDS[state])} mayBePutRight={state === "refused"} why={why[state]} works={outbox.filter((work) => stateOf(work, again) === state)} />
        ))}
        <RoomLeft tablet={tablet} />
      </div>
    </Screen>
  );
}
