// What is known of a household on a day, as plain numbers and codes: what the rules of a standard read.
// The same as api/standards/facts.py; tests/vectors/scoring/ holds both to it. A day is a whole number yyyymmdd.

type Json = any;
/** The day and the place of a review. */
export type Where = { on: string; area_type: string; region: string | null; school_year_starts: string };

/** What a member's facts carry over from the record as it is. A birth makes the others. */
const MEMBER_FIELDS = [
  "sex", "relation_to_head", "schooling", "right_level", "qualification", "labour_status", "labour_contract",
  "health_insurance", "social_allowance", "pension", "merit_person", "disability", "nutrition",
];
const A_YEAR = 10000;
const NEW_YEAR = 101;

/**
 * The facts of a household on the day `on`. Whoever has left by that day or is not born yet is not counted. A birth
 * year without a day counts as 1 January and is marked (`year_only`). `school_year` is the year in which the school
 * year of that day began.
 */
export function facts(answers: Record<string, unknown>, members: Json[], { on, area_type, region, school_year_starts }: Where): Json {
  const day = whole(on);
  const starts = Number(school_year_starts.replace("-", ""));
  const schoolYear = Math.floor(day / A_YEAR) - (day % A_YEAR < starts ? 1 : 0);
  const counted = members.filter((one) => isThere(one, day)).map((one) => member(one, day, schoolYear));
  return {
    on: day,
    school_year: schoolYear,
    area_type,
    region,
    answers: { ...answers },
    members: counted,
    counts: { members: counted.length },
  };
}

/** @param {string} day ISO @returns {number} yyyymmdd */
export function whole(day: string): number {
  return Number(day.replaceAll("-", ""));
}

function isThere(one: Json, day: number): boolean {
  const born = bornOn(one);
  return ((one.left_on ?? null) === null || whole(one.left_on) > day) && (born === null || born <= day);
}

function bornOn(one: Json): number | null {
  if ((one.birth_date ?? null) !== null) return whole(one.birth_date);
  return (one.birth_year ?? null) === null ? null : one.birth_year * A_YEAR + NEW_YEAR;
}

function member(one: Json, day: number, schoolYear: number): Json {
  const born = bornOn(one);
  const year = born === null ? null : Math.floor(born / A_YEAR);
  const found: Json = {
    id: String(one.id),
    born,
    birth_year: year,
    year_only: (one.birth_date ?? null) === null,
    age: born === null ? null : Math.floor((day - born) / A_YEAR),
    school_age: year === null ? null : schoolYear - year,
  };
  for (const field of MEMBER_FIELDS) found[field] = one[field] ?? null;
  return found;
}
