// A household scored by a standard: B1, the deprivation flags, B2 and the class they propose, each with its lines.
// The same as api/standards/rules.py. `scoring` is the part of that name of a form in `GET /sync/v1/reference`: its
// conditions come put together and checked by the server, in the profile of docs/decisions/0008.

import jsonLogic from "json-logic-js";

/**
 * @typedef {{code: string, label_vi: string, label_en: string, answer_vi: string, answer_en: string,
 *   points: number|null, deprived: boolean|null, member_ids: string[], document: string, article: string|null,
 *   verified: boolean}} Line
 * @typedef {{b1: number|null, b2: number|null, proposed_class: string|null, deprivations: string[],
 *   undetermined: string[], flags: Object<string, boolean|null>, b1_lines: Line[], b2_lines: Line[],
 *   reason_vi: string, reason_en: string}} Assessment
 */

/**
 * Scores a household. A score is a proposal; an unknown fact leaves null where it could still change the result.
 *
 * @param {Object<string, any>} scoring
 * @param {Object<string, any>} facts of facts.js
 * @param {number|null} [b1Entered] total of the signed paper, used only where the points are not known
 * @returns {Assessment}
 */
export function assess(scoring, facts, b1Entered = null) {
  const derived = derive(scoring, facts);
  const b1Lines = linesOfB1(scoring, derived, b1Entered);
  const b2Lines = scoring.indicators.map((one) => lineOfB2(scoring, derived, one));
  const b1 = total(b1Lines);
  const b2 = total(b2Lines);
  const flags = Object.fromEntries(b2Lines.map((line) => [line.code, line.deprived]));
  const deprivations = b2Lines.filter((line) => line.deprived === true).map((line) => line.code);
  const undetermined = b2Lines.filter((line) => line.deprived === null).map((line) => line.code);
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
export function classify(scoring, areaType, b1, deprived, undetermined) {
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
export function contradictions(scoring, facts) {
  const derived = derive(scoring, facts);
  return scoring.contradictions.flatMap((warning) => {
    const name = `warn:${warning.code}`;
    const said = { code: warning.code, vi: warning.said.vi, en: warning.said.en };
    if (warning.kind === "household") return derived.household[name] ? [{ ...said, member_id: null }] : [];
    return derived.members.filter(([, values]) => values[name]).map(([id]) => ({ ...said, member_id: id }));
  });
}

/** Whether a question is asked, with the answers there are. */
export function isVisible(question, answers) {
  return Boolean(jsonLogic.apply(question.visible_if ?? true, { answers }));
}

function derive(scoring, facts) {
  const { on, school_year, area_type, region, answers } = facts;
  const shared = { on, school_year, area_type, region, answers };
  const members = facts.members.map((m) => [m.id, evaluated(scoring.member_rule, { ...shared, m })]);
  const counts = { members: members.length };
  for (const { code } of scoring.counts) {
    const found = members.map(([, values]) => values[`count:${code}`]);
    counts[code] = found.filter((value) => value === 1).length;
    counts[`${code}_unknown`] = found.filter((value) => value === null).length;
  }
  return { facts, counts, members, household: evaluated(scoring.household_rule, { ...shared, counts }) };
}

function evaluated(rule, data) {
  const values = jsonLogic.apply(rule.logic, data);
  return Object.fromEntries(rule.names.map((name, place) => [name, values[place]]));
}

function thresholdOf(scoring, areaType) {
  return scoring.thresholds.find((one) => one.code === "b1" && one.area_type === areaType)?.value ?? null;
}

function columnOf(scoring, areaType, region) {
  const fits = (one) => one.area_type === areaType && (one.regions.length === 0 || one.regions.includes(region));
  return scoring.columns.find(fits)?.key ?? null;
}

function total(lines) {
  if (lines.length === 0 || lines.some((line) => line.points === null)) return null;
  return lines.reduce((sum, line) => sum + line.points, 0);
}

function linesOfB1(scoring, derived, entered) {
  const column = columnOf(scoring, derived.facts.area_type, derived.facts.region);
  if (!scoring.points_known || column === null) {
    if (entered === null) return [];
    const paper = scoring.words.from_paper;
    const { document, article } = [...scoring.groups, ...scoring.thresholds][0];
    const answer = { vi: String(entered), en: String(entered) };
    return [line("b1_entered", paper, answer, entered, null, [], { document, article, verified: false })];
  }
  return scoring.groups.flatMap((group) => linesOfGroup(scoring, derived, group, column));
}

function linesOfGroup(scoring, derived, group, column) {
  const { words } = scoring;
  const values = derived.household;
  const give = (answer, points, code = group.code) => lineOfB1(scoring, group, answer, points, code);
  if (values[`no_score:${group.code}`]) return [give(words.no_score, 0)];
  const points = (option) => option.points[column] ?? 0;
  if (!(`value:${group.code}` in values)) {
    const holds = group.options.map((option) => [option, values[`holds:${group.code}/${option.code}`] ?? null]);
    if (holds.some(([, value]) => value === null)) return [give(words.unknown, null)];
    const found = holds.filter(([, value]) => value).map(([option]) => option);
    if (found.length === 0) return [give(words.none_of_these, 0)];
    return found.map((option) => give(option.label, points(option), `${group.code}/${option.code}`));
  }
  const value = values[`value:${group.code}`];
  if (value === null) return [give(words.unknown, null)];
  const chosen = group.options.find((option) => optionHolds(option, value, values[`per:${group.code}`]));
  return [chosen === undefined ? give(words.none_of_these, 0) : give(chosen.label, points(chosen))];
}

function optionHolds(option, value, per) {
  if (typeof value === "string") return option.code === value;
  return (option.min === null || option.min * per <= value) && (option.max === null || value < option.max * per);
}

function lineOfB1(scoring, group, answer, points, code) {
  const verified = group.verified || (scoring.verified && !scoring.training);
  return line(code, group.label, answer, points, null, [], { ...group, verified });
}

function lineOfB2(scoring, derived, one) {
  const name = `flag:${one.code}`;
  let flag;
  let named = [];
  let answer;
  if (one.kind === "household") {
    flag = derived.household[name];
    const shown = one.shows.map((code) => answerShown(scoring, derived, code));
    answer = { vi: shown.map((words) => words.vi).join("; "), en: shown.map((words) => words.en).join("; ") };
  } else {
    const ids = (wanted) => derived.members.filter(([, values]) => values[name] === wanted).map(([id]) => id);
    flag = ids(true).length > 0 ? true : ids(null).length > 0 || derived.members.length === 0 ? null : false;
    named = flag === false ? [] : ids(flag);
    const words = scoring.words[flag === null ? "members_unknown" : flag ? "members" : "nobody"];
    answer = { vi: filled(words.vi, { count: named.length }), en: filled(words.en, { count: named.length }) };
  }
  const points = flag === null ? null : flag ? scoring.deprivation_points : 0;
  return line(one.code, one.label, answer, points, flag, named, one);
}

function answerShown(scoring, derived, code) {
  const { words } = scoring;
  const pair = (label, said) => ({ vi: `${label.vi}: ${said.vi}`, en: `${label.en}: ${said.en}` });
  if (code.startsWith("counts.")) {
    const count = code.slice("counts.".length);
    const label = scoring.counts.find((one) => one.code === count)?.label ?? words.member_count;
    return pair(label, { vi: derived.counts[count], en: derived.counts[count] });
  }
  const question = scoring.questions.find((one) => one.code === code);
  const value = derived.facts.answers[code] ?? null;
  if (value === null) return pair(question.label, words.unknown);
  if (typeof value === "boolean") return pair(question.label, value ? words.yes : words.no);
  const option = question.options.find((one) => one.code === value);
  return pair(question.label, option?.label ?? { vi: String(value), en: String(value) });
}

/** @returns {Line} */
function line(code, label, answer, points, deprived, memberIds, { document, article, verified }) {
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

function filled(text, numbers) {
  return Object.entries(numbers).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, String(value)), text);
}
