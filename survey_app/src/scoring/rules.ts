// A household scored by a standard: B1, the deprivation flags, B2 and the class they propose, each with its lines.
// The same as api/standards/rules.py. `scoring` is the part of that name of a form in `GET /sync/v1/reference`: its
// conditions come put together and checked by the server, in the profile of docs/decisions/0008.

import jsonLogic from "json-logic-js";

export type Line = {
  code: string; label_vi: string; label_en: string; answer_vi: string; answer_en: string; points: number | null;
  deprived: boolean | null; member_ids: string[]; document: string; article: string | null; verified: boolean;
};
export type Assessment = {
  b1: number | null; b2: number | null; proposed_class: string | null; deprivations: string[]; undetermined: string[];
  flags: Record<string, boolean | null>; b1_lines: Line[]; b2_lines: Line[]; reason_vi: string; reason_en: string;
};
/** Something that cannot well be true together; `member_id` where it is of one person. */
export type Contradiction = { code: string; vi: string; en: string; member_id: string | null };
/** The `scoring` of a form, the facts of facts.ts, and what is reckoned from them: JSON of the server, held by vectors. */
type Json = any;

/**
 * Scores a household. A score is a proposal; an unknown fact leaves null where it could still change the result.
 */
export function assess(scoring: Json, facts: Json, b1Entered: number | null = null): Assessment {
  const derived = derive(scoring, facts);
  const b1Lines = linesOfB1(scoring, derived, b1Entered);
  const b2Lines = scoring.indicators.map((one: Json) => lineOfB2(scoring, derived, one));
  const b1 = total(b1Lines);
  const b2 = total(b2Lines);
  const flags = Object.fromEntries(b2Lines.map((line: Json) => [line.code, line.deprived]));
  const deprivations = b2Lines.filter((line: Json) => line.deprived === true).map((line: Json) => line.code);
  const undetermined = b2Lines.filter((line: Json) => line.deprived === null).map((line: Json) => line.code);
  const threshold = thresholdOf(scoring, facts.area_type);
  const [proposed, reason] = classify(scoring, facts.area_type, b1, deprivations.length, undetermined.length);
  const numbers = {
    b1,
    b2: scoring.deprivation_points * deprivations.length,
    threshold,
    poor_min_b2: scoring.poor_min_b2,
    undetermined: undetermined.length,
  };
  const said = scoring.reasons[reason];
  return {
    b1,
    b2,
    proposed_class: proposed,
    deprivations,
    undetermined,
    flags,
    b1_lines: b1Lines,
    b2_lines: b2Lines,
    reason_vi: filled(said.vi, numbers),
    reason_en: filled(said.en, numbers),
  };
}

/** The class proposed and the code of its reason (TT 07/2021): B1 at the threshold is still below the line. */
export function classify(scoring: Json, areaType: string, b1: number | null, deprived: number, undetermined: number): [string | null, string] {
  const threshold = thresholdOf(scoring, areaType);
  const points = scoring.deprivation_points;
  if (threshold === null) return [null, "no_threshold"];
  if (b1 === null) return [null, "b1_unknown"];
  if (b1 > threshold) return ["not_poor", "not_poor"];
  if (points * deprived >= scoring.poor_min_b2) return ["poor", "poor"];
  if (points * (deprived + undetermined) < scoring.poor_min_b2) return ["near_poor", "near_poor"];
  return [null, "deprivations_unknown"];
}

/** What cannot well be true together: warnings, never a refusal. */
export function contradictions(scoring: Json, facts: Json): Contradiction[] {
  const derived = derive(scoring, facts);
  return scoring.contradictions.flatMap((warning: Json) => {
    const name = `warn:${warning.code}`;
    const said = { code: warning.code, vi: warning.said.vi, en: warning.said.en };
    if (warning.kind === "household") return derived.household[name] ? [{ ...said, member_id: null }] : [];
    return derived.members.filter(([, values]: Json) => values[name]).map(([id]: Json) => ({ ...said, member_id: id }));
  });
}

/** Whether a question is asked, with the answers there are. */
export function isVisible(question: { visible_if: unknown }, answers: Record<string, unknown>): boolean {
  return Boolean(jsonLogic.apply(question.visible_if ?? true, { answers }));
}

function derive(scoring: Json, facts: Json): Json {
  const { on, school_year, area_type, region, answers } = facts;
  const shared = { on, school_year, area_type, region, answers };
  const members = facts.members.map((m: Json) => [m.id, evaluated(scoring.member_rule, { ...shared, m })]);
  const counts: Record<string, number> = { members: members.length };
  for (const { code } of scoring.counts) {
    const found = members.map(([, values]: Json) => values[`count:${code}`]);
    counts[code] = found.filter((value: Json) => value === 1).length;
    counts[`${code}_unknown`] = found.filter((value: Json) => value === null).length;
  }
  return { facts, counts, members, household: evaluated(scoring.household_rule, { ...shared, counts }) };
}

function evaluated(rule: Json, data: Json): Json {
  const values = jsonLogic.apply(rule.logic, data);
  return Object.fromEntries(rule.names.map((name: Json, place: Json) => [name, values[place]]));
}

function thresholdOf(scoring: Json, areaType: string): number | null {
  return scoring.thresholds.find((one: Json) => one.code === "b1" && one.area_type === areaType)?.value ?? null;
}

/** The column of the points table for this place; null: the points of B1 are not known there. */
export function columnOf(scoring: Json, areaType: string, region: string | null): string | null {
  const fits = (one: Json) => one.area_type === areaType && (one.regions.length === 0 || one.regions.includes(region));
  return scoring.columns.find(fits)?.key ?? null;
}

function total(lines: Line[]): number | null {
  if (lines.length === 0 || lines.some((line) => line.points === null)) return null;
  return lines.reduce((sum, line) => sum + line.points!, 0);
}

function linesOfB1(scoring: Json, derived: Json, entered: number | null): Line[] {
  const column = columnOf(scoring, derived.facts.area_type, derived.facts.region);
  if (!scoring.points_known || column === null) {
    if (entered === null) return [];
    const paper = scoring.words.from_paper;
    const { document, article } = [...scoring.groups, ...scoring.thresholds][0];
    const answer = { vi: String(entered), en: String(entered) };
    return [line("b1_entered", paper, answer, entered, null, [], { document, article, verified: false })];
  }
  return scoring.groups.flatMap((group: Json) => linesOfGroup(scoring, derived, group, column));
}

function linesOfGroup(scoring: Json, derived: Json, group: Json, column: string): Line[] {
  const { words } = scoring;
  const values = derived.household;
  const give = (answer: Json, points: Json, code = group.code) => lineOfB1(scoring, group, answer, points, code);
  if (values[`no_score:${group.code}`]) return [give(words.no_score, 0)];
  const points = (option: Json) => option.points[column] ?? 0;
  if (!(`value:${group.code}` in values)) {
    const holds = group.options.map((option: Json) => [option, values[`holds:${group.code}/${option.code}`] ?? null]);
    if (holds.some(([, value]: Json) => value === null)) return [give(words.unknown, null)];
    const found = holds.filter(([, value]: Json) => value).map(([option]: Json) => option);
    if (found.length === 0) return [give(words.none_of_these, 0)];
    return found.map((option: Json) => give(option.label, points(option), `${group.code}/${option.code}`));
  }
  const value = values[`value:${group.code}`];
  if (value === null) return [give(words.unknown, null)];
  const chosen = group.options.find((option: Json) => optionHolds(option, value, values[`per:${group.code}`]));
  return [chosen === undefined ? give(words.none_of_these, 0) : give(chosen.label, points(chosen))];
}

function optionHolds(option: Json, value: string | number, per: number): boolean {
  if (typeof value === "string") return option.code === value;
  return (option.min === null || option.min * per <= value) && (option.max === null || value < option.max * per);
}

function lineOfB1(scoring: Json, group: Json, answer: Json, points: number | null, code: string): Line {
  const verified = group.verified || (scoring.verified && !scoring.training);
  return line(code, group.label, answer, points, null, [], { ...group, verified });
}

function lineOfB2(scoring: Json, derived: Json, one: Json): Line {
  const name = `flag:${one.code}`;
  let flag;
  let named = [];
  let answer;
  if (one.kind === "household") {
    flag = derived.household[name];
    const shown = one.shows.map((code: Json) => answerShown(scoring, derived, code));
    answer = { vi: shown.map((words: Json) => words.vi).join("; "), en: shown.map((words: Json) => words.en).join("; ") };
  } else {
    const ids = (wanted: Json) => derived.members.filter(([, values]: Json) => values[name] === wanted).map(([id]: Json) => id);
    flag = ids(true).length > 0 ? true : ids(null).length > 0 || derived.members.length === 0 ? null : false;
    named = flag === false ? [] : ids(flag);
    const words = scoring.words[flag === null ? "members_unknown" : flag ? "members" : "nobody"];
    answer = { vi: filled(words.vi, { count: named.length }), en: filled(words.en, { count: named.length }) };
  }
  const points = flag === null ? null : flag ? scoring.deprivation_points : 0;
  return line(one.code, one.label, answer, points, flag, named, one);
}

function answerShown(scoring: Json, derived: Json, code: string): Json {
  const { words } = scoring;
  const pair = (label: Json, said: Json) => ({ vi: `${label.vi}: ${said.vi}`, en: `${label.en}: ${said.en}` });
  if (code.startsWith("counts.")) {
    const count = code.slice("counts.".length);
    const label = scoring.counts.find((one: Json) => one.code === count)?.label ?? words.member_count;
    return pair(label, { vi: derived.counts[count], en: derived.counts[count] });
  }
  const question = scoring.questions.find((one: Json) => one.code === code);
  const value = derived.facts.answers[code] ?? null;
  if (value === null) return pair(question.label, words.unknown);
  if (typeof value === "boolean") return pair(question.label, value ? words.yes : words.no);
  const option = question.options.find((one: Json) => one.code === value);
  return pair(question.label, option?.label ?? { vi: String(value), en: String(value) });
}

function line(code: string, label: Json, answer: Json, points: number | null, deprived: boolean | null, memberIds: string[], { document, article, verified }: Json): Line {
  return {
    code,
    label_vi: label.vi,
    label_en: label.en,
    answer_vi: String(answer.vi),
    answer_en: String(answer.en),
    points,
    deprived,
    member_ids: memberIds,
    document,
    article,
    verified,
  };
}

function filled(text: string, numbers: Record<string, unknown>): string {
  return Object.entries(numbers).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, String(value)), text);
}
