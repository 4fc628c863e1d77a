// A refused piece of work is put right in the form it came from (actions/correct.ts), begun with its values.

import { correction } from "../actions/correct.ts";
import { draftAbout, newDraft } from "../actions/drafts.ts";
import { saveDraft } from "../disk/drafts.ts";
import type { Tablet } from "../tablet.ts";
import type { Work } from "../work.ts";
import { go } from "./route.ts";

/** Begins the form and goes there; null where this tablet has no form for it. */
export function putRight(tablet: Tablet, work: Work): (() => Promise<void>) | null {
  const form = correction(tablet, work);
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
