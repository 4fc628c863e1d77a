// What the review comes to: points, proposed class with every line and reason, and what is still missing.

import type { JSX } from "preact";

import type { Gap } from "../../../forms/review.ts";
import type { Judged } from "../../../forms/judged.ts";
import type { Contradiction, Line } from "../../../scoring/rules.ts";
import { named } from "../../../words/codes.ts";
import { language, say } from "../../../words/words.ts";
import { Notice } from "../../parts.tsx";
import type { Filling } from "./state.ts";
import { REVIEW } from "./words.ts";

type Props = { filled: Filling; judged: Judged; missing: Gap[]; onJump: (step: string) => void };

export function Result({ filled, judged, missing, onJump }: Props): JSX.Element {
  const { assessment, contradictions } = judged;
  const vi = language.value === "vi";
  const proposed = assessment.proposed_class;
  return (
    <>
      {missing.length > 0 && <Missing missing={missing} onJump={onJump} />}
      {contradictions.length > 0 && <Contradictions filled={filled} list={contradictions} onJump={onJump} />}
      <section class="result">
        <p class="proposed">{say(REVIEW.proposed)}: <strong>{proposed === null ? say(REVIEW.undecided) : named(filled.tablet.reference.value!, "poverty_class", proposed)}</strong></p>
        <p>{vi ? assessment.reason_vi : assessment.reason_en}</p>
        <p class="hint">{say(REVIEW.only_proposal)}</p>
      </section>
      <Lines title={say(REVIEW.b1)} total={assessment.b1} lines={assessment.b1_lines} />
      <Lines title={say(REVIEW.b2)} total={assessment.b2} lines={assessment.b2_lines} />
    </>
  );
}

function Missing({ missing, onJump }: { missing: Gap[]; onJump: (step: string) => void }): JSX.Element {
  return (
    <Notice kind="warning">
      <p>{say(REVIEW.gaps)}</p>
      <ul class="gaps">
        {missing.map((one, place) => <li key={place}><button type="button" class="jump" onClick={() => onJump(one.step)}>{say(one.said)}</button></li>)}
      </ul>
    </Notice>
  );
}

function Contradictions({ filled, list, onJump }: { filled: Filling; list: Contradiction[]; onJump: (step: string) => void }): JSX.Element {
  const name = (id: string | null) => (id === null ? null : (filled.tablet.register.member(id)?.data.full_name ?? null));
  const said = (one: Contradiction) => [name(one.member_id), one[language.value]].filter(Boolean).join(": ");
  return (
    <Notice kind="warning">
      <p>{say(REVIEW.look)}</p>
      <ul class="gaps">
        {list.map((one) => (
          <li key={`${one.code} ${one.member_id}`}>
            {one.member_id === null ? said(one) : <button type="button" class="jump" onClick={() => onJump("people")}>{said(one)}</button>}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Lines({ title, total, lines }: { title: string; total: number | null; lines: Line[] }): JSX.Element {
  const vi = language.value === "vi";
  const points = (value: number | null) => (value === null ? say(REVIEW.unknown) : say(REVIEW.points, { points: value }));
  return (
    <section class="lines">
      <h2>{title}: {points(total)}</h2>
      <ul>
        {lines.map((one) => (
          <li key={one.code} class={one.deprived ? "deprived" : undefined}>
            <span class="asked">{vi ? one.label_vi : one.label_en}</span>
            <span class="answered">{vi ? one.answer_vi : one.answer_en}</span>
            <span class="points">{one.deprived === null || one.deprived === undefined ? points(one.points) : `${say(one.deprived ? REVIEW.deprived : REVIEW.not_deprived)} · ${points(one.points)}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
