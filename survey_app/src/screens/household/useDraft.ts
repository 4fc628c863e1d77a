// A form on the screen, kept as a draft from its first answer on.

import { type Signal, signal } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { draftAbout, type Keeper, keeperOf, newDraft } from "../../actions/drafts.ts";
import type { Tablet } from "../../tablet.ts";

export type Kept<Values> = {
  keeper: Keeper;
  values: Signal<Values>;
  /** was it begun before? Then the surveyor is told */
  begun: boolean;
  set: (change: Partial<Values>) => void;
};

/** Goes on with the draft about this, or begins one. `initial` says what a new form holds; it is asked once. */
export function useDraft<Values extends object>(tablet: Tablet, kind: string, about: Record<string, string>, initial: () => Values): Kept<Values> {
  return useMemo(() => opened(tablet, kind, about, initial), [tablet, kind, JSON.stringify(about)]);
}

// One a draft, like its keeper: what comes late (a photo, a position) for a form that was left and entered again is laid
// beside the answers given since, and not over them.
const shown = new WeakMap<Keeper, Signal<object>>();

function valuesOf<Values extends object>(keeper: Keeper): Signal<Values> {
  const values = shown.get(keeper) ?? signal<object>(keeper.draft.values);
  shown.set(keeper, values);
  return values as Signal<Values>;
}

function opened<Values extends object>(tablet: Tablet, kind: string, about: Record<string, string>, initial: () => Values): Kept<Values> {
  const known = draftAbout(tablet.drafts.peek(), kind, about);
  const keeper = keeperOf(tablet, known ?? newDraft(kind, about, initial() as Record<string, unknown>));
  const values = valuesOf<Values>(keeper);
  const set = (change: Partial<Values>) => {
    values.value = { ...values.value, ...change };
    keeper.put({ values: values.value as Record<string, unknown> });
  };
  return { keeper, values, begun: known !== null, set };
}
