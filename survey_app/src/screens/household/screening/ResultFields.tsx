// What a person says of Phiếu A: the result where no rule gives it, why, and on which day.

import type { JSX } from "preact";

import type { ScreeningValues } from "../../../forms/screening.ts";
import { today } from "../../../ids.ts";
import { say } from "../../../words/words.ts";
import { Choice, DateField, TextField } from "../../parts.tsx";
import type { Kept } from "../useDraft.ts";
import { SCREENING } from "./words.ts";

type Props = { draft: Kept<ScreeningValues>; byPerson: boolean; said: (field: string) => string | undefined };

const OPTIONS = [
  { code: "yes", label: SCREENING.needs_b },
  { code: "no", label: SCREENING.needs_no_b },
];

/** In words: does the household go on to Phiếu B? */
export const resultWords = (passed: boolean): string => say(passed ? SCREENING.needs_b : SCREENING.needs_no_b);

export function ResultFields({ draft, byPerson, said }: Props): JSX.Element {
  const { passed, reason, screened_on } = draft.values.value;
  return (
    <>
      {byPerson && (
        <Choice
          label={say(SCREENING.passed)}
          value={passed === null ? null : passed ? "yes" : "no"}
          required
          options={OPTIONS}
          fault={said("passed")}
          onChange={(code) => draft.set({ passed: code === null ? null : code === "yes" })}
        />
      )}
      <TextField
        label={say(byPerson ? SCREENING.reason : SCREENING.reason_open)}
        hint={byPerson ? say(SCREENING.reason_hint) : undefined}
        value={reason}
        long
        maxLength={2000}
        required={byPerson}
        fault={said("reason")}
        onChange={(text) => draft.set({ reason: text })}
      />
      <DateField
        label={say(SCREENING.screened_on)}
        value={screened_on}
        max={today()}
        required
        fault={said("screened_on")}
        onChange={(on) => draft.set({ screened_on: on ?? "" })}
      />
    </>
  );
}
