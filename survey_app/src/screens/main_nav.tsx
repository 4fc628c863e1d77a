// The four doors of the app, in reach of the thumb.

import type { JSX } from "preact";

import { officerDoorsOf } from "../officer_doors.ts";
import type { Tablet } from "../tablet.ts";
import { isUnsent } from "../work.ts";
import { say, texts } from "../words/words.ts";
import { HomesIcon, OfficerIcon, SendIcon, SettingsIcon } from "./icons.tsx";

const WORDS = texts({
  nav: ["Các phần của ứng dụng", "Parts of the app"],
  list: ["Danh sách", "Households"],
  outbox: ["Hộp gửi", "Outbox"],
  officer: ["Cán bộ", "Officer"],
  settings: ["Cài đặt", "Settings"],
  unsent: ["{n} chưa gửi", "{n} not sent"],
});

type Door = "list" | "outbox" | "officer" | "settings";
const PICTURES = { list: HomesIcon, outbox: SendIcon, officer: OfficerIcon, settings: SettingsIcon };

export function MainNav({ tablet, here }: { tablet: Tablet; here: Door }): JSX.Element {
  const open = officerDoorsOf(tablet).value;
  const unsent = tablet.outbox.value.filter(isUnsent).length;
  const doors: Door[] = open === null ? ["list", "outbox", "settings"] : ["list", "outbox", "officer", "settings"];
  return (
    <nav class="doors" aria-label={say(WORDS.nav)}>
      {doors.map((door) => {
        const Picture = PICTURES[door];
        return (
          <a key={door} href={`#/${door}`} aria-current={door === here ? "page" : undefined}>
            <Picture />
            <span>{say(WORDS[door])}</span>
            {door === "outbox" && unsent > 0 && <span class="count">{say(WORDS.unsent, { n: unsent })}</span>}
          </a>
        );
      })}
    </nav>
  );
}
