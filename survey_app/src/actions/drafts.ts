// Half-filled forms: kept with every answer, one write at a time, and never written again once the form was sent.

import { type Signal, signal } from "@preact/signals";

import { type Draft, dropDraft, NOT_HOME, saveDraft } from "../disk/drafts.ts";
import { inTurn } from "../disk/in_turn.ts";
import { instant, uuid7 } from "../ids.ts";
import type { Tablet } from "../tablet.ts";
import type { Attachment } from "../wire.ts";
import { letUnusedGo } from "./files.ts";

/** Where the last answer is: on the disk, on its way, or nowhere but on the screen (the disk refused). */
export type Keeping = "kept" | "writing" | "refused";

export type Keeper = {
  readonly draft: Draft;
  state: Signal<Keeping>;
  /** The draft is this now. It is on its way to the disk when this returns. */
  put(change: Partial<Pick<Draft, "values" | "step">>): void;
  /** When what it is now was written; false: the disk refused. */
  settled(): Promise<boolean>;
  /** Nothing is written any more when it returns: the form is being sent, or thrown away. */
  stop(): Promise<void>;
  /** The sending failed: go on, with what was answered meanwhile. */
  resume(): void;
};

// One keeper a draft, however often its screen is left and entered: two would write in any order.
const keepers = new WeakMap<Tablet, Map<string, Keeper>>();

export function keeperOf(tablet: Tablet, draft: Draft): Keeper {
  const known = keepers.get(tablet) ?? new Map<string, Keeper>();
  keepers.set(tablet, known);
  const keeper = known.get(draft.id) ?? newKeeper(tablet, draft);
  known.set(draft.id, keeper);
  return keeper;
}

function newKeeper(tablet: Tablet, first: Draft): Keeper {
  const state = signal<Keeping>("kept");
  let draft = first;
  const { changed, settled, stop, resume } = writerOf(tablet, state, () => draft);
  return {
    state,
    get draft() {
      return draft;
    },
    put(change) {
      draft = { ...draft, ...change, saved_at: instant() };
      changed();
    },
    settled,
    stop,
    resume,
  };
}

/** Writes the draft as it is by then, once more as long as it changes meanwhile. */
function writerOf(tablet: Tablet, state: Signal<Keeping>, draft: () => Draft) {
  let writing: Promise<void> | null = null;
  let due = false;
  let stopped = false;
  const write = async () => {
    while (due && !stopped) {
      due = false;
      // refused: the next answer tries again
      const now = await saveDraft(tablet.opened, draft()).then((): Keeping => "kept", (): Keeping => "refused");
      if (!due) state.value = now;
    }
    writing = null;
  };
  const begin = () => {
    state.value = "writing";
    remember(tablet, draft());
    // as a whole: who locks the tablet waits for the last answer, not only for the one that is being written
    writing ??= inTurn(tablet.opened, `draft:${draft().id}`, write);
  };
  return {
    changed: () => {
      due = true;
      if (!stopped) begin();
    },
    settled: async () => {
      await writing;
      return state.value === "kept";
    },
    stop: async () => {
      stopped = true;
      await writing;
    },
    resume: () => {
      stopped = false;
      // what was answered meanwhile, or was still on its way when it stopped
      if (due) begin();
    },
  };
}

/** The screens see it at once: whoever comes back to the form before the disk is done goes on with this one. */
function remember(tablet: Tablet, draft: Draft): void {
  const others = tablet.drafts.value.filter((one) => one.id !== draft.id);
  tablet.drafts.value = [...others, draft];
}

/** Its draft is gone from the disk (with the work it became, or thrown away). */
export function forgetKeeper(tablet: Tablet, id: string): void {
  keepers.get(tablet)?.delete(id);
  tablet.drafts.value = tablet.drafts.value.filter((one) => one.id !== id);
}

/** Another draft takes its place, under its id: no answer of a form that is still open is written over it. */
export async function replaced(tablet: Tablet, draft: Draft, write: () => Promise<void>): Promise<void> {
  const keeper = keepers.get(tablet)?.get(draft.id);
  await keeper?.stop();
  try {
    await write();
  } catch (refused) {
    keeper?.resume();
    throw refused;
  }
  keepers.get(tablet)?.delete(draft.id);
  remember(tablet, draft);
}

export function newDraft(kind: string, about: Record<string, string>, values: Record<string, unknown>): Draft {
  return { id: uuid7(), kind, about, values, step: null, saved_at: instant() };
}

/** The draft of this kind about this, if one was begun. One about a part of a household is found wherever that is by
 * now; what was refused and is written down `again` is another form than what is new. */
export function draftAbout(drafts: Draft[], kind: string, about: Record<string, string>): Draft | null {
  const names = Object.keys(about).filter((name) => partOf(about) === null || name !== "household");
  return drafts.find((one) => one.kind === kind && one.about.again === about.again && names.every((name) => one.about[name] === about[name])) ?? null;
}

/** The person, the line of a sheet or the request that it is about; null: a whole household. */
export const partOf = ({ member, back, sheet_line, request }: Draft["about"]): string | null => member ?? back ?? sheet_line ?? request ?? null;

/** Thrown away by the surveyor, with the photos that only it named. Raises what the disk raises: then it is still there. */
export async function throwAway(tablet: Tablet, id: string): Promise<void> {
  const values = tablet.drafts.value.find((one) => one.id === id)?.values;
  const keeper = keepers.get(tablet)?.get(id);
  await keeper?.stop();
  try {
    await dropDraft(tablet.opened, id);
  } catch (refused) {
    keeper?.resume();
    throw refused;
  }
  forgetKeeper(tablet, id);
  await letUnusedGo(tablet, (values?.attachments as Attachment[] | undefined) ?? []);
}

/** Nobody was at home: a note for the list, on this tablet only (a case is set down as not reached at the office). */
export async function noteNotHome(tablet: Tablet, householdId: string, roundId: string): Promise<void> {
  const about = { household: householdId, round: roundId };
  const known = draftAbout(tablet.drafts.value, NOT_HOME, about);
  const tries = ((known?.values.tries as string[] | undefined) ?? []).concat(instant());
  const draft = { ...(known ?? newDraft(NOT_HOME, about, {})), values: { tries }, saved_at: instant() };
  await saveDraft(tablet.opened, draft);
  remember(tablet, draft);
}

/** When nobody was at home, in order. */
export function notHome(drafts: Draft[], householdId: string, roundId: string): string[] {
  return (draftAbout(drafts, NOT_HOME, { household: householdId, round: roundId })?.values.tries as string[] | undefined) ?? [];
}

/** The notes alone are no reason to leave anything on a tablet that is wiped. What fails is left sealed. */
export async function forgetNotes({ opened, drafts }: Tablet): Promise<void> {
  for (const { id, kind } of drafts.value) if (kind === NOT_HOME) await dropDraft(opened, id).catch(() => undefined);
}

export async function forgetNotHome(tablet: Tablet, householdId: string, roundId: string): Promise<void> {
  const known = draftAbout(tablet.drafts.value, NOT_HOME, { household: householdId, round: roundId });
  if (known !== null) await throwAway(tablet, known.id);
}
