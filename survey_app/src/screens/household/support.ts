// What is to be handed over to a household: the lines of signing sheets, and what this tablet has ticked already.

import type { Register, Seen } from "../../register/register.ts";
import type { Data, Uuid } from "../../wire.ts";

/** Lines that wait, of sheets that are open, and that no delivery on this tablet has ticked. */
export function awaited(register: Register, householdId: Uuid): Seen[] {
  const ticked = new Set(register.of("delivery", householdId).filter((one) => one.data.state !== "reversed").map((one) => one.data.sheet_line_id));
  return register.of("sheet_line", householdId).filter(({ id, data }) =>
    data.state !== "delivered" && data.state !== "refused" && data.sheet_state === "open" && !ticked.has(id));
}

/** The line of that id. Lines stand under households: its household is looked for. */
export function lineOf(register: Register, id: Uuid): Seen | null {
  const kept = register.kept(id);
  if (kept === null || kept.entity !== "sheet_line") return null;
  return { entity: kept.entity, id, version: kept.version, data: kept.data, waiting: false };
}

/** "162.540 đ", "10 kg": what is handed over. */
export function amountOf(data: Data, language: string): string {
  const number = (value: unknown) => new Intl.NumberFormat(language === "vi" ? "vi-VN" : "en-GB").format(Number(value));
  if (data.amount_vnd !== null && data.amount_vnd !== undefined) return `${number(data.amount_vnd)} đ`;
  return data.quantity === null || data.quantity === undefined ? "" : `${number(data.quantity)} ${data.unit ?? ""}`.trim();
}
