// The officer's screens: asked of the server each time, so that two officers do not decide on yesterday's list.

import type { JSX } from "preact";

import { officerDoorsOf } from "../../officer_doors.ts";
import type { Tablet } from "../../tablet.ts";
import { say, texts } from "../../words/words.ts";
import { NextIcon } from "../icons.tsx";
import { MainNav } from "../main_nav.tsx";
import { Notice, Screen } from "../parts.tsx";
import { ConflictScreen } from "./conflict.tsx";
import { Conflicts } from "./conflicts.tsx";
import { Fleet } from "./fleet.tsx";
import { WaitingList } from "./waiting.tsx";

const WORDS = texts({
  title: ["Việc của cán bộ", "Officer's work"],
  none: ["Tài khoản này không có việc của cán bộ.", "This account has no officer's work."],
  why: ["Cần có mạng: danh sách được hỏi máy chủ mỗi lần mở.", "A network is needed: the lists are asked of the server each time."],
  conflicts: ["Mâu thuẫn chờ quyết định", "Conflicts to decide"],
  conflicts_why: ["Hai người ghi khác nhau về cùng một điều", "Two people wrote different things of one matter"],
  waiting: ["Phiếu chờ xử lý", "Work that waits"],
  waiting_why: ["Đang giữ, lỗi máy chủ, hoặc bị trả lại nhưng thử lại được", "Held, failed, or refused and to be tried again"],
  fleet: ["Các máy tính bảng", "Tablets"],
  fleet_why: ["Máy nào lâu không liên lạc, máy nào không gửi được", "Which are silent, which cannot send"],
});

export function officerScreen(tablet: Tablet, parts: string[]): JSX.Element {
  if (officerDoorsOf(tablet).value === null) return <NoDoors tablet={tablet} />;
  switch (parts[1]) {
    case "conflicts":
      return <Conflicts tablet={tablet} />;
    case "conflict":
      return <ConflictScreen key={parts[2]} tablet={tablet} id={parts[2] ?? ""} />;
    case "waiting":
      return <WaitingList tablet={tablet} />;
    case "fleet":
      return <Fleet tablet={tablet} />;
    default:
      return <Doors tablet={tablet} />;
  }
}

function NoDoors({ tablet }: { tablet: Tablet }): JSX.Element {
  return (
    <Screen title={say(WORDS.title)} foot={<MainNav tablet={tablet} here="officer" />}>
      <Notice kind="info">{say(WORDS.none)}</Notice>
    </Screen>
  );
}

function Doors({ tablet }: { tablet: Tablet }): JSX.Element {
  const doors = officerDoorsOf(tablet).value!;
  const open = (["conflicts", "waiting", "fleet"] as const).filter((door) => doors[door]);
  const why = { conflicts: WORDS.conflicts_why, waiting: WORDS.waiting_why, fleet: WORDS.fleet_why };
  return (
    <Screen title={say(WORDS.title)} foot={<MainNav tablet={tablet} here="officer" />}>
      <p class="muted">{say(WORDS.why)}</p>
      <ul class="rows card">
        {open.map((door) => (
          <li key={door}>
            <a class="line" href={`#/officer/${door}`}>
              <span class="lines"><strong>{say(WORDS[door])}</strong><span class="muted">{say(why[door])}</span></span>
              <NextIcon />
            </a>
          </li>
        ))}
      </ul>
    </Screen>
  );
}
