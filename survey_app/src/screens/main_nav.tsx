// The four doors of the app, in reach of the thumb.

import type { JSX } from "preact";

import { corrected } from "../actions/corrected.ts";
import { officerDoorsOf } from "../officer_doors.ts";
import type { Tablet } from "../tablet.ts";
import { isUnsent, type Work } from "../work.ts";
import { say, texts } from "../words/words.ts";
import { stateOf } from "../words/work_words.ts";
import { HomesIcon, OfficerIcon, SendIcon, SettingsIcon } from "./icons.tsx";

const WORDS = texts({
  nav: ["Các phần của ứng dụng", "Parts of the app"],
  list: ["Danh sách", "Households"],
  outbox: ["Hộp gửi", "Outbox"],
  officer: ["Cán bộ", "Officer"],
  settings: ["Cài đặt", "Settings"],
  refused: ["{n} cần sửa", "{n} to put right"],
  unsent: ["{n} chưa gửi", "{n} not sent"],
});

type Door = "list" | "outbox" | "officer" | "settings";
const PICTURES = { list: HomesIcon, outbox: SendIcon, officer: OfficerIcon, settings: SettingsIcon };

export function MainNav({ tablet, here }: { tablet: Tablet; here: Door }): JSX.Element {
  const open = officerDoorsOf(tablet).value;
  const waits = waiting(tablet.outbox.value);
  const doors: Door[] = open === null ? ["list", "outbox", "settings"] : ["list", "outbox", "officer", "settings"];
  return (
    <nav class="doors" aria-label={say(WORDS.nav)}>
      {doors.map((door) => {
        const Picture = PICTURES[door];
        return (
          <a key={door} href={`#/${door}`} aria-current={door === here ? "page" : undefined}>
            <Picture />
            <span>{say(WORDS[door])}</span>
            {door === "outbox" && waits !== null && <span class={`count ${waits.kind}`}>{waits.words}</span>}
          </a>
        );
      })}
    </nav>
  );
}

/** What asks for the surveyor first: work that came back, then work that is still to go. */
function waiting(outbox: Work[]): { kind: "refused" | "unsent"; words: string } | null {
  const again = corrected(outbox);
  const refused = outbox.filter((work) => stateOf(work, again) === "refused").length;
  if (refused > 0) return { kind: "refused", words: say(WORDS.refused, { n: refused }) };
  const unsent = outbox.filter(isUnsent).length;
  return unsent > 0 ? { kind: "unsent", words: say(WORDS.unsent, { n: unsent }) } : null;
}
