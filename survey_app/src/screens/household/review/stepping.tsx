// What the screens of a form in steps have in common: how far one is, whether it is saved, on and back.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Keeper } from "../../../actions/drafts.ts";
import type { Step } from "../../../forms/steps.ts";
import { say } from "../../../words/words.ts";
import { Button, Notice } from "../../parts.tsx";
import { REVIEW } from "./words.ts";

export function sectionTitle({ section, part, parts }: Step): string {
  return say(REVIEW.section, { section: section.toUpperCase() }) + (parts > 1 ? ` (${part}/${parts})` : "");
}

/** A step that has just come: it begins at its top, and its heading is read out. */
export function Shown({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <>
      <h2 ref={heading} tabIndex={-1}>{title}</h2>
      {children}
    </>
  );
}

export function Progress({ place, all, keeper }: { place: number; all: number; keeper: Keeper }): JSX.Element {
  const state = keeper.state.value;
  return (
    <div class="steps">
      <progress max={all} value={place} aria-label={say(REVIEW.progress, { step: place, all })} />
      <span>{say(REVIEW.progress, { step: place, all })}</span>
      {state === "refused" && <Notice kind="fault">{say(REVIEW.not_saved)}</Notice>}
      {state !== "refused" && <span class="saved">{say(state === "kept" ? REVIEW.saved : REVIEW.saving)}</span>}
    </div>
  );
}

type OnwardProps = { label: string; onPress: () => void; onBack: (() => void) | undefined; disabled?: boolean };

export function Onward({ label, onPress, onBack, disabled }: OnwardProps): JSX.Element {
  return (
    <div class="onward">
      {onBack !== undefined && <Button onPress={onBack}>{say(REVIEW.before)}</Button>}
      <Button kind="main" disabled={disabled} onPress={onPress}>{label}</Button>
    </div>
  );
}
