// What is worth a second look before somebody new is saved.

import { lookalikes } from "../../actions/lookalikes.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { say, texts } from "../../words/words.ts";

const WORDS = texts({
  known: [
    "Trên máy đã có {name} cùng tên, cùng năm sinh ở hộ {home}.",
    "{name}, of the same name and birth, is in household {home} already.",
  ],
  unnumbered: ["chưa có số", "without a number"],
  go_on: ["Nếu không phải cùng một người, bấm Lưu lần nữa.", "If it is somebody else, press Save once more."],
});

export async function doubtsAbout(tablet: Tablet, people: Data[], householdId: Uuid): Promise<string[]> {
  const found = (await lookalikes(tablet.register, people, householdId)).slice(0, 3);
  const told = found.map(({ member, householdNo }) => say(WORDS.known, { name: member.data.full_name, home: householdNo ?? say(WORDS.unnumbered) }));
  return told.length === 0 ? [] : [...told, say(WORDS.go_on)];
}
