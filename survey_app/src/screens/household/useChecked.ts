// The faults of a form, shown from the moment at which it was to be saved, and what it becomes where it has none.

import { useState } from "preact/hooks";

import type { NewWork } from "../../disk/outbox.ts";
import type { Faults } from "../../forms/checks.ts";
import { say } from "../../words/words.ts";

export type Checked = { faults: Faults; works: () => NewWork[] };

/** `said`: the fault of a field, in words. `works`: null where something has to be corrected first. */
export function useChecked(check: () => Checked): { faults: Faults; said: (field: string) => string | undefined; works: () => NewWork[] | null } {
  const [faults, setFaults] = useState<Faults>({});
  const said = (field: string) => (faults[field] === undefined ? undefined : say(faults[field]));
  const works = () => {
    const found = check();
    setFaults(found.faults);
    return Object.keys(found.faults).length > 0 ? null : found.works();
  };
  return { faults, said, works };
}
