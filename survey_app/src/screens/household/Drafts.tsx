// Everything that was begun and not saved yet.

import type { JSX } from "preact";

import type { Draft } from "../../disk/drafts.ts";
import type { Tablet } from "../../tablet.ts";
import { say, texts } from "../../words/words.ts";
import { day, Notice, Screen } from "../parts.tsx";
import { go } from "../route.ts";

const WORDS = texts({
  title: ["Phiếu đang làm dở", "Begun and not saved"],
  none: ["Không có phiếu nào dở dang.", "Nothing was left half done."],
  review: ["Phiếu rà soát", "Review"],
  household: ["Sửa hộ", "Change of a household"],
  new_household: ["Hộ mới", "New household"],
  member: ["Sửa người", "Change of a person"],
  new_member: ["Thêm người", "A person added"],
  leaving: ["Không còn ở hộ", "Somebody who left"],
  head: ["Đổi chủ hộ", "Another head"],
  split: ["Tách hộ", "Split"],
  request: ["Giấy đề nghị", "Request"],
  delivery: ["Trao hỗ trợ", "Support handed over"],
  at: ["ghi lúc {time} ngày {day}", "{day}, {time}"],
});

/** Where a draft is gone on with; null: it is no form. */
export function routeOf({ kind, about }: Draft): string[] | null {
  const routes: Record<string, (string | undefined)[]> = {
    review: ["review", about.household, about.round],
    household: about.new_in === undefined ? ["household", about.household, "edit"] : ["household", "new", about.new_in],
    member: about.new_in === undefined ? ["member", about.member] : ["member", "new", about.new_in],
    leaving: ["member", about.member ?? about.back, "leave"],
    head: ["household", about.household, "head"],
    split: ["split", about.household],
    request: ["request", about.household],
    delivery: ["delivery", about.sheet_line],
  };
  const parts = routes[kind];
  return parts === undefined || parts.includes(undefined) ? null : (parts as string[]);
}

export function Drafts({ tablet }: { tablet: Tablet }): JSX.Element {
  const open = tablet.drafts.value.filter((one) => routeOf(one) !== null);
  return (
    <Screen title={say(WORDS.title)} back={[]}>
      {open.length === 0 && <Notice kind="info">{say(WORDS.none)}</Notice>}
      <ul class="people">
        {[...open].sort((one, other) => other.saved_at.localeCompare(one.saved_at)).map((draft) => (
          <li key={draft.id}>
            <button type="button" class="line" onClick={() => go(...routeOf(draft)!)}>
              <strong>{say(WORDS[nameOf(draft)])}{ofWhom(tablet, draft)}</strong>
              <span>{say(WORDS.at, { time: draft.saved_at.slice(11, 16), day: day(draft.saved_at) })}</span>
            </button>
          </li>
        ))}
      </ul>
    </Screen>
  );
}

function nameOf({ kind, about }: Draft): keyof typeof WORDS {
  const isNew = about.new_in !== undefined;
  return (isNew && kind === "household" ? "new_household" : isNew ? "new_member" : kind) as keyof typeof WORDS;
}

function ofWhom(tablet: Tablet, { about }: Draft): string {
  const name = about.household === undefined ? undefined : tablet.register.members(about.household)[0]?.data.full_name;
  return name === undefined ? "" : `: ${name}`;
}
