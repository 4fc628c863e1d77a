// What the review comes to: points, proposed class with every line and reason, and what is still missing.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Judged } from "../../../forms/judged.ts";
import { type Gap, gaps, open } from "../../../forms/review.ts";
import { today } from "../../../ids.ts";
import type { Contradiction, Line } from "../../../scoring/rules.ts";
import { named } from "../../../words/codes.ts";
import { language, say } from "../../../words/words.ts";
import { Notice } from "../../parts.tsx";
import { type Filling, found } from "./state.ts";
import { REVIEW } from "./words.ts";

type Props = { filled: Filling; onJump: (step: string) => void };

/** Judged after the screen has changed: the press that leads here waits for nothing. */
export function Result(props: Props): JSX.Element {
  const [judged, setJudged] = useState<Judged | null>(null);
  useEffect(() => {
    const later = setTimeout(() => setJudged(found(props.filled)), 50);
    return () => clearTimeout(later);
  }, []);
  return judged === null ? <p class="hint" role="status">{say(REVIEW.reckoning)}</p> : <Shown {...props} judged={judged} />;
}

function Shown({ filled, onJump, judged }: Props & { judged: Judged }): JSX.Element {
  const { assessment, contradictions } = judged;
  const values = filled.draft.values.value;
  const missing = gaps(filled.form, filled.round, filled.pointsComputed, values, today());
  const notAsked = open(filled.form, values.answers);
  const vi = language.value === "vi";
  const code = assessment.proposed_class;
  const proposed = code === null ? say(REVIEW.undecided) : named(filled.tablet.reference.value!, "poverty_class", code);
  return (
    <>
      {missing.length > 0 && <Gaps kind="warning" said={say(REVIEW.gaps)} gaps={missing} onJump={onJump} />}
      {contradictions.length > 0 && <Contradictions filled={filled} list={contradictions} onJump={onJump} />}
      {notAsked.length > 0 && <Gaps kind="info" said={say(REVIEW.open)} gaps={notAsked} onJump={onJump} />}
      <section class="card">
        <p class="proposed">{say(REVIEW.proposed)}: <strong>{proposed}</strong></p>
        <p>{vi ? assessment.reason_vi : assessment.reason_en}</p>
        <p class="hint">{say(REVIEW.only_proposal)}</p>
      </section>
      <Lines title={say(REVIEW.b1)} total={assessment.b1} lines={assessment.b1_lines} />
      <Lines title={say(REVIEW.b2)} total={assessment.b2} lines={assessment.b2_lines} />
    </>
  );
}

type GapsProps = { kind: "warning" | "info"; said: string; gaps: Gap[]; onJump: (step: string) => void };

export function Gaps({ kind, said, gaps: list, onJump }: GapsProps): JSX.Element {
  return (
    <Notice kind={kind}>
      <p>{said}</p>
      <ul class="gaps">
        {list.map((one, place) => <li key={place}><button type="button" class="jump" onClick={() => onJump(one.step)}>{say(one.said)}</button></li>)}
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

/** Of B2, where it is known. */
function deprivation({ deprived }: Line): string {
  if (deprived === null || deprived === undefined) return "";
  return say(deprived ? REVIEW.deprived : REVIEW.not_deprived);
}

function Lines({ title, total, lines }: { title: string; total: number | null; lines: Line[] }): JSX.Element {
  const vi = language.value === "vi";
  const points = (value: number | null) => (value === null ? say(REVIEW.unknown) : say(REVIEW.points, { points: value }));
  return (
    <section class="card scored">
      <h2>{title}: {points(total)}</h2>
      <ul>
        {lines.map((one) => (
          <li key={one.code} class={one.deprived ? "deprived" : undefined}>
            <span class="asked">{vi ? one.label_vi : one.label_en}</span>
            <span class="answered">{vi ? one.answer_vi : one.answer_en}</span>
            <span class="points">{[deprivation(one), points(one.points)].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
