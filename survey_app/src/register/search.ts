// Search without tone marks: "nguyen thi mau" finds Nguyễn Thị Mẫu, by any member's name, number, address or phone.

import type { ListLine, Register } from "./register.ts";
import type { Draft } from "../disk/drafts.ts";

/** Lower case, without marks; đ is d. */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

/** The lines of the list that fit, by number; `visit` narrows to a state of the round. */
export function listed(_register: Register, _drafts: Draft[], _asked: { text: string; roundId: string | null; visit: ListLine["visit"] | "all"; hamletId: string | null }): ListLine[] {
  throw new Error("to be built");
}
