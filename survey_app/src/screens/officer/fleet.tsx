// The tablets of the officer's areas: which are silent, which are stuck and why, what waits on each.

import type { JSX } from "preact";

import { fleet, type FleetLine } from "../../line/officer.ts";
import type { Tablet } from "../../tablet.ts";
import { named } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { Screen } from "../parts.tsx";
import { moment } from "../sync_state.tsx";
import { Answer, useAsked } from "./asked.tsx";

const WORDS = texts({
  title: ["Các máy tính bảng", "Tablets"],
  none: ["Chưa có máy nào đăng ký.", "No tablet is enrolled."],
  last: ["Liên lạc lần cuối", "Last contact"],
  never: ["chưa lần nào", "never"],
  silent: ["{at} ({days} ngày trước)", "{at} ({days} days ago)"],
  pending: ["Chưa gửi", "Not sent"],
  pending_days: ["{n} phiếu, lâu nhất {days} ngày", "{n} pieces, the oldest {days} days"],
  nothing: ["không còn phiếu nào", "nothing"],
  unknown: ["không rõ", "not known"],
  waits: ["Chờ xử lý", "Waits for a person"],
  waits_what: ["giữ {held}, lỗi {quarantined}, mâu thuẫn {in_conflict}", "held {held}, failed {quarantined}, in conflict {in_conflict}"],
  unread: [
    "{n} phiếu không có hiệu lực, mà máy không hỏi lại kết quả: hãy báo cho người giữ máy.",
    "{n} pieces are not in force, and the tablet does not ask for their outcome: tell whoever holds it.",
  ],
  clock: ["Đồng hồ của máy sai.", "The clock of the tablet is wrong."],
  version: ["Bản ứng dụng", "App"],
});

export function Fleet({ tablet }: { tablet: Tablet }): JSX.Element {
  const asked = useAsked(() => fleet(tablet.line));
  return (
    <Screen title={say(WORDS.title)} back={["officer"]}>
      <Answer tablet={tablet} asked={asked}>
        {(found) => found.length === 0 ? <p class="empty">{say(WORDS.none)}</p> : (
          <ul class="rows">{found.map((one) => <li key={one.id}><Line tablet={tablet} one={one} /></li>)}</ul>
        )}
      </Answer>
    </Screen>
  );
}

function Line({ tablet, one }: { tablet: Tablet; one: FleetLine }): JSX.Element {
  const reference = tablet.reference.value;
  const name = (list: string, code: string) => (reference === null ? code : named(reference, list, code));
  const last = one.last_contact_at === null ? say(WORDS.never) : say(WORDS.silent, { at: moment(one.last_contact_at), days: one.silent_days });
  return (
    <article class="card piece" aria-label={one.name}>
      <div class="row">
        <span class="lines"><strong>{one.name}</strong><span class="muted">{one.full_name} ({one.username})</span></span>
        <span class={`pill ${one.state === "fine" ? "good" : "trouble"}`}>{name("tablet_state", one.state)}</span>
      </div>
      {one.stuck_because.map((why) => <p class="fault" key={why}>{name("stuck_because", why)}</p>)}
      {one.unread > 0 && <p class="fault">{say(WORDS.unread, { n: one.unread })}</p>}
      {one.clock_wrong && <p class="fault">{say(WORDS.clock)}</p>}
      <dl class="facts">
        <dt>{say(WORDS.last)}</dt><dd>{last}</dd>
        <dt>{say(WORDS.pending)}</dt><dd>{pendingWords(one)}</dd>
        <dt>{say(WORDS.waits)}</dt><dd>{say(WORDS.waits_what, { held: one.held, quarantined: one.quarantined, in_conflict: one.in_conflict })}</dd>
        <dt>{say(WORDS.version)}</dt><dd>{one.app_version ?? say(WORDS.unknown)}</dd>
      </dl>
    </article>
  );
}

function pendingWords({ pending, unsent_days }: FleetLine): string {
  if (pending === null) return say(WORDS.unknown);
  return pending === 0 ? say(WORDS.nothing) : say(WORDS.pending_days, { n: pending, days: unsent_days ?? 0 });
}
