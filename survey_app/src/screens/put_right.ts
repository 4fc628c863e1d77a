// A refused piece of work is put right in the form it came from, begun with its values; what is sent then is a new
// submission. The refused one stays as it was.

import { draftAbout, newDraft } from "../actions/drafts.ts";
import { saveDraft } from "../disk/drafts.ts";
import type { Tablet } from "../tablet.ts";
import type { Data } from "../wire.ts";
import type { Work } from "../work.ts";
import { householdOf } from "../words/work_words.ts";
import { go } from "./route.ts";

type Form = { kind: string; about: Record<string, string>; route: string[]; values: Data };

/** Begins the form and goes there; null where this tablet has no form for it. */
export function putRight(tablet: Tablet, work: Work): (() => Promise<void>) | null {
  const form = formOf(tablet, work);
  if (form === null) return null;
  return async () => {
    // a form that was begun since holds what the surveyor thought of last
    if (draftAbout(tablet.drafts.value, form.kind, form.about) === null) {
      const draft = newDraft(form.kind, form.about, form.values);
      await saveDraft(tablet.opened, draft);
      tablet.drafts.value = [...tablet.drafts.value, draft];
    }
    go(...form.route);
  };
}

function formOf(tablet: Tablet, work: Work): Form | null {
  const { register } = tablet;
  const household = householdOf(register, work);
  if (household === null || register.household(household) === null) return null;
  switch (work.entity) {
    case "review": {
      const round = String(work.data.round_id);
      return { kind: "review", about: { household, round }, route: ["review", household, round], values: work.data };
    }
    default:
      return null;
  }
}
