// A draft whose form does not open any more: it goes on about another household, or stays until it is thrown away.

import type { JSX } from "preact";

import { throwAway } from "../../actions/drafts.ts";
import { moveDraft, movedTo } from "../../actions/moving.ts";
import type { Draft } from "../../disk/drafts.ts";
import type { Tablet } from "../../tablet.ts";
import { say, texts } from "../../words/words.ts";
import { householdName } from "../../words/work_words.ts";
import { useAttempt } from "../attempt.ts";
import { Button, Notice, toHeading } from "../parts.tsx";
import { go } from "../route.ts";
import { Sure } from "../sure.tsx";
import { type Move, moveOf, routeOf } from "./draft_routes.ts";

const WORDS = texts({
  gone: [
    "Không làm tiếp được: hộ hoặc người này không còn trên máy, hộ đã được rà soát, hoặc đợt đã đóng. Phần đã ghi vẫn được giữ.",
    "This cannot be gone on with: the household or person is not on this tablet any more, was reviewed, or the round is closed. What was filled in is kept.",
  ],
  merged: [
    "Hộ này đã nhập vào hộ {name}. Chuyển phiếu sang hộ đó rồi xem lại từng phần trước khi gửi.",
    "This household was merged into that of {name}. Move the form there, then look through it again before you send it.",
  ],
  not_here: [
    "Hộ này đã nhập vào một hộ không có trên máy này. Phần đã ghi vẫn được giữ; xin hỏi cán bộ xã.",
    "This household was merged into one that is not on this tablet. What was filled in is kept; ask the commune officer.",
  ],
  begun_there: [
    "Hộ này đã nhập vào hộ {name}, và hộ đó cũng có phiếu làm dở. Làm xong hoặc bỏ phiếu kia trước; phần đã ghi ở đây vẫn được giữ.",
    "This household was merged into that of {name}, where the same form is begun. Finish or drop that one first; what was filled in here is kept.",
  ],
  done_there: [
    "Hộ này đã nhập vào hộ {name}, và hộ đó đã rà soát xong hoặc không có trong danh sách. Phần đã ghi vẫn được giữ.",
    "This household was merged into that of {name}, which was reviewed already or is not on the list. What was filled in is kept.",
  ],
  move: ["Chuyển phiếu sang hộ {name}", "Move the form to {name}"],
  no_name: ["còn lại", "the one that is left"],
  drop: ["Bỏ phần đã ghi", "Throw it away"],
  sure: ["Bỏ hẳn phần đã ghi của phiếu này?", "Throw away what was filled in?"],
  keep: ["Không, giữ lại", "No, keep it"],
  drop_now: ["Bỏ hẳn", "Throw it away now"],
});

export function Stuck({ tablet, draft }: { tablet: Tablet; draft: Draft }): JSX.Element {
  const { attempt, busy, fault } = useAttempt();
  const move = moveOf(tablet, draft);
  return (
    <div class="stack">
      <span>{why(tablet, move)}</span>
      {fault !== null && <Notice kind="fault">{fault}</Notice>}
      {move?.but === null && (
        <Button kind="main" disabled={busy} onPress={() => attempt(() => goOn(tablet, draft, move.into))}>
          {say(WORDS.move, { name: nameOf(tablet, move.into) })}
        </Button>
      )}
      <Sure ask={say(WORDS.drop)} yes={say(WORDS.drop_now)} no={say(WORDS.keep)} onYes={() => attempt(() => throwAway(tablet, draft.id).then(toHeading))}>
        <p>{say(WORDS.sure)}</p>
      </Sure>
    </div>
  );
}

const nameOf = (tablet: Tablet, id: string): string => householdName(tablet.register, id) || say(WORDS.no_name);

function why(tablet: Tablet, move: Move | null): string {
  return move === null ? say(WORDS.gone) : say(WORDS[move.but ?? "merged"], { name: nameOf(tablet, move.into) });
}

async function goOn(tablet: Tablet, draft: Draft, into: string): Promise<void> {
  const there = routeOf(movedTo(tablet.register, draft, into))!;
  await moveDraft(tablet, draft, into);
  go(...there);
}
