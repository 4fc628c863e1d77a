// What a tablet says of itself to the officer of the fleet: its build, and the newest standard it can ask about.

import type { Reference } from "../wire.ts";

declare const BUILD: string | undefined;

/** The build, where the bundler has named it. */
export const appVersion: string = typeof BUILD === "string" ? `survey-app ${BUILD}` : "survey-app";

/** "vn-2022/1": of the rounds that are open here; null where there is none. */
export function formVersion(reference: Reference | null): string | null {
  const known = (reference?.rounds ?? []).map((round) => `${round.standard_code}/${round.standard_version}`);
  return known.sort((one, other) => one.localeCompare(other, "en", { numeric: true })).pop() ?? null;
}
