// Whoever is written down twice is found on the tablet; whoever only has the same name is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lookalikes } from "../../src/actions/lookalikes.ts";
import { Register } from "../../src/register/register.ts";
import type { Data } from "../../src/wire.ts";

const register = new Register();
const put = (entity: "household" | "member", id: string, data: Data) => register.put({ entity, id, version: 1, area_id: "a", data, life: 1 });
put("household", "h", { household_no: "12" });
put("member", "m", { household_id: "h", full_name: "Nguyễn Thị Mẫu", birth_date: "1961-05-02", birth_year: null, left_on: null });
put("member", "n", { household_id: "h", full_name: "Trần Văn Mẫu", birth_date: null, birth_year: 1959, left_on: "2024-01-01" });
const found = async (person: Data, home = "new") => (await lookalikes(register, [person], home)).map((one) => [one.member.id, one.householdNo]);

for (const [name, person, ids] of [
  ["the same day", { full_name: "nguyễn thị mẫu ", birth_date: "1961-05-02" }, ["m"]],
  ["another day of the same year", { full_name: "Nguyễn Thị Mẫu", birth_date: "1961-05-03" }, []],
  ["only the year is known", { full_name: "Nguyễn Thị Mẫu", birth_year: 1961 }, ["m"]],
  ["another year", { full_name: "Nguyễn Thị Mẫu", birth_year: 1962 }, []],
  ["another tone is another name", { full_name: "Nguyễn Thị Mậu", birth_year: 1961 }, []],
  ["somebody who left there may have come here", { full_name: "Trần Văn Mẫu", birth_year: 1959 }, ["n"]],
] as const) {
  test(name, async () => assert.deepEqual(await found(person), ids.map((id) => [id, "12"])));
}

test("the household itself is not asked", async () => assert.deepEqual(await found({ full_name: "Trần Văn Mẫu", birth_year: 1959 }, "h"), []));
