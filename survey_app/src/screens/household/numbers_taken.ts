// The printed number of a household is its own in its hamlet, among those that live there (records.md).

import type { Faults } from "../../forms/checks.ts";
import type { Register } from "../../register/register.ts";
import type { Uuid } from "../../wire.ts";

const TAKEN = {
  vi: "Số hộ này đã dùng cho hộ khác trong xóm. Xin xem lại.",
  en: "Another household of the hamlet has this number. Please check.",
};

/** The number belongs to another household on this tablet. */
export function numberFault(register: Register, hamletId: Uuid, number: unknown, ownId: Uuid | null): Faults {
  const typed = typeof number === "string" ? number.trim() : "";
  if (typed === "") return {};
  const taken = register.households().some(({ id, data }) =>
    id !== ownId && data.hamlet_id === hamletId && data.household_no === typed && (data.status ?? "active") === "active");
  return taken ? { household_no: TAKEN } : {};
}
