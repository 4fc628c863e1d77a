// The papers that a household handed in, and what each of them still needs.

import type { JSX } from "preact";

import type { Tablet } from "../../../tablet.ts";
import type { Uuid } from "../../../wire.ts";
import { named } from "../../../words/codes.ts";
import { say, texts } from "../../../words/words.ts";
import { Button, day } from "../../parts.tsx";
import { go } from "../../route.ts";
import { refusedWords } from "./filling.tsx";
import { isRefused, type Paper, papersOf } from "./papers_of.ts";
import { resultWords } from "./ResultFields.tsx";
import { SCREENING } from "./words.ts";

const WORDS = texts({ requests: ["Giấy đề nghị", "Requests"] });

export function Papers({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element | null {
  void tablet.drafts.value;
  void tablet.revision.value; // a request that is refused meanwhile is closed here at once
  const papers = papersOf(tablet, householdId);
  if (papers.length === 0) return null;
  return (
    <section class="card">
      <h2>{say(WORDS.requests)}</h2>
      <ul class="rows">{papers.map((one) => <li key={one.request.id}><One tablet={tablet} paper={one} /></li>)}</ul>
    </section>
  );
}

function One({ tablet, paper: { request, screening, open, begun } }: { tablet: Tablet; paper: Paper }): JSX.Element {
  const kind = named(tablet.reference.value!, "request_kind", request.data.kind);
  const words = begun ? SCREENING.go_on : screening === null ? SCREENING.begin : SCREENING.correct;
  return (
    <div class="stack">
      <p>{kind}, {day(request.data.received_on)}</p>
      {screening !== null && (
        <p>
          <strong>{say(SCREENING.said, { what: resultWords(screening.data.passed) })}</strong>
          {screening.waiting && <> <span class="pill unsent">{say(SCREENING.unsent)}</span></>}
        </p>
      )}
      {isRefused(request) && <p>{refusedWords(request)}</p>}
      {open && (
        <div class="buttons">
          <Button kind={screening === null ? "main" : "plain"} onPress={() => go("screening", request.id)}>{say(words)}</Button>
        </div>
      )}
    </div>
  );
}
