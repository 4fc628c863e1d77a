// The way back out of a form: to where the surveyor came from, a review or a household.

import { goInstead } from "../route.ts";

/** Back; to `fallback` where the app was opened at this very screen. */
export function leaveTo(...fallback: string[]): void {
  if (history.length > 1) history.back();
  else goInstead(...fallback);
}
