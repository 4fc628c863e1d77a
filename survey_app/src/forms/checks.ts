// Kind checks of a household's and a person's form: what the server would not take (records.md), said beside the field.

import type { Data, Day, Words } from "../wire.ts";
import { visible } from "./visible.ts";

/** field -> what is wrong with it */
export type Faults = Record<string, Words>;

const FIRST_YEAR = 1900;
const SAID = {
  name: { vi: "Xin ghi họ và tên.", en: "Give the full name, please." },
  letter: { vi: "Họ và tên cần có chữ.", en: "A name has letters." },
  choose: { vi: "Xin chọn một dòng.", en: "Please choose one." },
  birth: { vi: "Xin ghi ngày sinh; không biết thì ghi năm sinh.", en: "Give the date of birth or, if it is not known, the year." },
  year: { vi: "Năm sinh từ 1900 đến năm nay.", en: "A year from 1900 to this year." },
  future: { vi: "Ngày này ở sau hôm nay. Xin xem lại.", en: "This day lies in the future. Please check." },
  early: { vi: "Ngày này quá xa. Xin xem lại năm.", en: "This is too long ago. Please check the year." },
  number: { vi: "Số định danh có 12 chữ số (chứng minh nhân dân cũ có 9).", en: "A citizen number has 12 digits (an old one 9)." },
  day: { vi: "Xin ghi ngày.", en: "Give the day, please." },
  before_birth: { vi: "Ngày này ở trước ngày sinh.", en: "This lies before the birth." },
  whom: { vi: "Xin ghi tên người nhận.", en: "Say who received it, please." },
};

/** A day that must not lie in the future. */
export function dayFault(day: unknown, today: Day): Words | null {
  if (typeof day !== "string" || day === "") return SAID.day;
  if (day > today) return SAID.future;
  return Number(day.slice(0, 4)) < FIRST_YEAR ? SAID.early : null;
}

export function memberFaults(values: Data, today: Day): Faults {
  const faults: Faults = {};
  const name = String(values.full_name ?? "").trim();
  if (name === "") faults.full_name = SAID.name;
  else if (!/\p{L}/u.test(name)) faults.full_name = SAID.letter;
  for (const field of ["sex", "relation_to_head"]) if (!values[field]) faults[field] = SAID.choose;
  const hidden = (values.withheld as string[] | undefined) ?? [];
  if (!values.ethnicity && !hidden.includes("ethnicity")) faults.ethnicity = SAID.choose;
  const born = birthFault(values, today);
  if (born !== null) faults[values.birth_date ? "birth_date" : "birth_year"] = born;
  const typed = visible(String(values.personal_id ?? "")).replace(/\s/g, "");
  if (typed !== "" && !/^(\d{9}|\d{12})$/.test(typed)) faults.personal_id = SAID.number;
  return faults;
}

function birthFault({ birth_date, birth_year }: Data, today: Day): Words | null {
  if (birth_date) return dayFault(birth_date, today);
  if (birth_year === null || birth_year === undefined) return SAID.birth;
  const year = Number(birth_year);
  return Number.isInteger(year) && year >= FIRST_YEAR && year <= Number(today.slice(0, 4)) ? null : SAID.year;
}

export function householdFaults(values: Data): Faults {
  return values.residence ? {} : { residence: SAID.choose };
}

export function leavingFaults(member: Data, values: Data, today: Day): Faults {
  const faults: Faults = {};
  const day = dayFault(values.left_on, today);
  if (day !== null) faults.left_on = day;
  else if (member.birth_date && String(values.left_on) < String(member.birth_date)) faults.left_on = SAID.before_birth;
  if (!values.left_reason) faults.left_reason = SAID.choose;
  return faults;
}

export function requestFaults(values: Data, today: Day): Faults {
  const day = dayFault(values.received_on, today);
  return { ...(values.kind ? {} : { kind: SAID.choose }), ...(day === null ? {} : { received_on: day }) };
}

export function deliveryFaults(values: Data, today: Day): Faults {
  const day = dayFault(values.delivered_on, today);
  const whom = String(values.received_by ?? "").trim() === "";
  return { ...(day === null ? {} : { delivered_on: day }), ...(whom ? { received_by: SAID.whom } : {}) };
}
