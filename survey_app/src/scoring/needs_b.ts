// Does form A lead to form B? The same as api/standards/form_rules.py, over the rule of the form in `reference`.

import jsonLogic from "json-logic-js";

/** null: no rule is known, or the answers leave it open; then a person decides and says why. */
export function needsB(form: { needs_b_if?: unknown }, answers: Record<string, unknown>): boolean | null {
  const rule = form.needs_b_if ?? null;
  return rule === null ? null : ((jsonLogic.apply(rule as never, { answers }) as boolean | null) ?? null);
}
