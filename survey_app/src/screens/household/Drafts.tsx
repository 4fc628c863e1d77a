// Everything that was begun and not saved yet.

import type { JSX } from "preact";

import type { Draft } from "../../disk/drafts.ts";
import type { Tablet } from "../../tablet.ts";
import { say, texts } from "../../words/words.ts";
import { day, Notice, Screen } from "../parts.tsx";
import { go } from "../route.ts";
import { mayGoOn, routeOf } from "./draft_routes.ts";
import { Stuck } from "./DraftStuck.tsx";

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
  screening: ["Phiếu A", "Form A"],
  delivery: ["Trao hỗ trợ", "Support handed over"],
  at: ["ghi lúc {time} ngày {day}", "{day}, {time}"],
});

export function Drafts({ tablet }: { tablet: Tablet }): JSX.Element {
  void tablet.revision.value;
  const open = tablet.drafts.value.filter((one) => routeOf(one) !== null);
  return (
    <Screen title={say(WORDS.title)} back={[]}>
      {open.length === 0 && <Notice kind="info">{say(WORDS.none)}</Notice>}
      {open.length > 0 && (
        <ul class="rows card people">
          {[...open].sort((one, other) => other.saved_at.localeCompare(one.saved_at)).map((draft) => (
            <li key={draft.id}>{mayGoOn(tablet, draft) ? <Line tablet={tablet} draft={draft} /> : <Orphan tablet={tablet} draft={draft} />}</li>
          ))}
        </ul>
      )}
    </Screen>
  );
}

const when = ({ saved_at }: Draft): string => say(WORDS.at, { time: saved_at.slice(11, 16), day: day(saved_at) });

function Line({ tablet, draft }: { tablet: Tablet; draft: Draft }): JSX.Element {
  return (
    <button type="button" class="line" onClick={() => go(...routeOf(draft)!)}>
      <strong>{say(WORDS[nameOf(draft)])}{ofWhom(tablet, draft)}</strong>
      <span>{when(draft)}</span>
    </button>
  );
}

/** Its form does not open any more: it is kept until it goes on elsewhere, or the surveyor throws it away. */
function Orphan({ tablet, draft }: { tablet: Tablet; draft: Draft }): JSX.Element {
  return (
    <div class="line">
      <strong>{say(WORDS[nameOf(draft)])}{ofWhom(tablet, draft)}</strong>
      <span>{when(draft)}</span>
      <Stuck tablet={tablet} draft={draft} />
    </div>
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
