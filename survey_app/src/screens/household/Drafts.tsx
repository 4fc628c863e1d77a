// Everything that was begun and not saved yet.

import type { JSX } from "preact";

import { throwAway } from "../../actions/drafts.ts";
import type { Draft } from "../../disk/drafts.ts";
import type { Tablet } from "../../tablet.ts";
import { say, texts } from "../../words/words.ts";
import { day, Notice, Screen, toHeading } from "../parts.tsx";
import { go } from "../route.ts";
import { Sure } from "../sure.tsx";
import { standing } from "./cases.ts";
import { paper } from "./screening/papers_of.ts";

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
  gone: [
    "Không làm tiếp được: hộ hoặc người này không còn trên máy, hộ đã được rà soát, hoặc đợt đã đóng. Phần đã ghi vẫn được giữ.",
    "This cannot be gone on with: the household or person is not on this tablet any more, was reviewed, or the round is closed. What was filled in is kept.",
  ],
  drop: ["Bỏ phần đã ghi", "Throw it away"],
  sure: ["Bỏ hẳn phần đã ghi của phiếu này?", "Throw away what was filled in?"],
  keep: ["Không, giữ lại", "No, keep it"],
  drop_now: ["Bỏ hẳn", "Throw it away now"],
  at: ["ghi lúc {time} ngày {day}", "{day}, {time}"],
});

const again = (about: Draft["about"]): string[] => (about.again === undefined ? [] : [about.again]);

/** Where a draft is gone on with; null: it is no form. */
function routeOf({ kind, about }: Draft): string[] | null {
  const routes: Record<string, (string | undefined)[]> = {
    review: ["review", about.household, about.round],
    household: about.new_in === undefined ? ["household", about.household, "edit"] : ["household", "new", about.new_in, ...again(about)],
    member: about.new_in === undefined ? ["member", about.member] : ["member", "new", about.new_in, ...again(about)],
    leaving: ["member", about.member ?? about.back, "leave"],
    head: ["household", about.household, "head"],
    split: ["split", about.household],
    request: ["request", about.household],
    screening: ["screening", about.request],
    delivery: ["delivery", about.sheet_line],
  };
  const parts = routes[kind];
  return parts === undefined || parts.includes(undefined) ? null : (parts as string[]);
}

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

/** Is what it is about on the tablet, and still to be done? */
export function mayGoOn(tablet: Tablet, { kind, about }: Draft): boolean {
  const { register, reference } = tablet;
  if (about.household !== undefined && register.household(about.household) === null) return false;
  const person = about.member ?? about.back;
  if (person !== undefined && register.member(person) === null) return false;
  if (kind === "delivery") return register.kept(about.sheet_line!) !== null;
  if (kind === "screening") {
    const request = register.request(about.request!);
    return request !== null && paper(tablet, request).open;
  }
  if (kind !== "review") return true;
  const round = reference.value?.rounds.find((one) => one.id === about.round);
  return round !== undefined && standing(tablet, about.household!, round)?.open === true;
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

/** Its form does not open any more: it is kept until the surveyor throws it away, by two presses. */
function Orphan({ tablet, draft }: { tablet: Tablet; draft: Draft }): JSX.Element {
  // refused by the disk, it stays in the list
  const gone = () => throwAway(tablet, draft.id).then(toHeading, () => undefined);
  return (
    <div class="line">
      <strong>{say(WORDS[nameOf(draft)])}{ofWhom(tablet, draft)}</strong>
      <span>{when(draft)}</span>
      <span>{say(WORDS.gone)}</span>
      <Sure ask={say(WORDS.drop)} yes={say(WORDS.drop_now)} no={say(WORDS.keep)} onYes={() => void gone()}>
        <p>{say(WORDS.sure)}</p>
      </Sure>
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
