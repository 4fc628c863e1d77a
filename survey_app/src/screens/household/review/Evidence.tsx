// Photos, a signature, a position: each only where the round asks for it, and none is waited for.

import type { JSX } from "preact";

import { say } from "../../../words/words.ts";
import type { Filling } from "./state.ts";
import { REVIEW } from "./words.ts";

export function Evidence(_props: { filled: Filling }): JSX.Element {
  return <p class="hint">{say(REVIEW.evidence_hint)}</p>;
}
