// Conflicts that wait for a decision, the oldest first.

import type { JSX } from "preact";

import { conflicts, type Conflict } from "../../line/officer.ts";
import type { Tablet } from "../../tablet.ts";
import { fieldName } from "../../words/fields.ts";
import { say, texts } from "../../words/words.ts";
import { workTitle } from "../../words/work_words.ts";
import { NextIcon } from "../icons.tsx";
import { Screen } from "../parts.tsx";
import { moment } from "../sync_state.tsx";
import { Answer, useAsked } from "./asked.tsx";

const WORDS = texts({
  title: ["Mâu thuẫn chờ quyết định", "Conflicts to decide"],
  none: ["Không có mâu thuẫn nào.", "There is no conflict."],
  since: ["từ {at}", "since {at}"],
  handed_over: ["Đã chuyển sang địa bàn khác; cán bộ nơi đó quyết định.", "Gone to another area; the officers there decide."],
});

export function Conflicts({ tablet }: { tablet: Tablet }): JSX.Element {
  const asked = useAsked(() => conflicts(tablet.line));
  return (
    <Screen title={say(WORDS.title)} back={["officer"]}>
      <Answer tablet={tablet} asked={asked}>
        {(found) => found.length === 0 ? <p class="empty">{say(WORDS.none)}</p> : (
          <ul class="rows card">{found.map((one) => <li key={one.id}><Line tablet={tablet} conflict={one} /></li>)}</ul>
        )}
      </Answer>
    </Screen>
  );
}

function Line({ tablet, conflict }: { tablet: Tablet; conflict: Conflict }): JSX.Element {
  const words = (
    <span class="lines">
      <strong>{workTitle(tablet.register, { entity: conflict.entity, id: conflict.record_id, data: { household_id: conflict.fields.household_id?.server } })}</strong>
      <span>{Object.keys(conflict.fields).map(fieldName).join(", ")}</span>
      <span class="muted small">{say(conflict.handed_over ? WORDS.handed_over : WORDS.since, { at: moment(conflict.opened_at) })}</span>
    </span>
  );
  if (conflict.handed_over) return <div class="line">{words}</div>;
  return <a class="line" href={`#/officer/conflict/${conflict.id}`}>{words}<NextIcon /></a>;
}
