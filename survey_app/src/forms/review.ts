// A half-filled review: what its draft holds, and what still stands in the way of sending it.

import type { Attachment, Day, Evidence, Form, Round, Words } from "../wire.ts";
import { type Answers, faulty, isGiven, leftOut, unanswered } from "./answers.ts";
import { shownSteps, type Step, stepOf } from "./steps.ts";

export type Position = { lat: number; lon: number; accuracy_m: number };

export type ReviewValues = {
  people_confirmed: boolean;
  answers: Answers;
  surveyed_on: Day;
  respondent: string | null;
  paper_no: string | null;
  /** of the signed paper, where the points are not computed; what was typed, where it is no number */
  b1_entered: number | string | null;
  causes: string[];
  needs: string[];
  attachments: Attachment[];
  position: Position | null;
};

/** The survey cannot have been before the round, nor later than today. */
export function emptyReview(round: Round, today: Day): ReviewValues {
  return {
    people_confirmed: false,
    answers: {},
    surveyed_on: today < round.opens_on ? round.opens_on : today,
    respondent: null,
    paper_no: null,
    b1_entered: null,
    causes: [],
    needs: [],
    attachments: [],
    position: null,
  };
}

const EVIDENCE: Evidence[] = ["photo", "signature", "position"];

/** A screen of a review: the people, a step of the form, what else is asked, evidence, the result. */
export type ReviewStep = { kind: "people" | "more" | "evidence" | "result"; key: string } | { kind: "questions"; key: string; step: Step };

export function reviewSteps(form: Form, round: Round, answers: Answers): ReviewStep[] {
  const asksEvidence = EVIDENCE.some((one) => round.evidence?.includes(one));
  return [
    { kind: "people", key: "people" },
    ...shownSteps(form, answers).map((step): ReviewStep => ({ kind: "questions", key: step.key, step })),
    { kind: "more", key: "more" },
    ...(asksEvidence ? [{ kind: "evidence", key: "evidence" } as const] : []),
    { kind: "result", key: "result" },
  ];
}

/** Something to be done before sending; `step` leads there. */
export type Gap = { step: string; said: Words };

/** What the server would not take, in the order of the screens; empty where the review can be sent. */
export function gaps(form: Form, round: Round, pointsComputed: boolean, values: ReviewValues, today: Day): Gap[] {
  const people: Gap[] = values.people_confirmed ? [] : [{ step: "people", said: PEOPLE }];
  const missing = unanswered(form, values.answers).map((one) => ({ code: one.code, said: one.label }));
  const wrong = faulty(form, values.answers).map(({ question, said }) => ({
    code: question.code,
    said: { vi: `${question.label.vi}: ${said.vi}`, en: `${question.label.en}: ${said.en}` },
  }));
  const places = new Map(form.questions.map((one, place) => [one.code, place]));
  const questions = [...missing, ...wrong]
    .sort((one, other) => places.get(one.code)! - places.get(other.code)!)
    .map(({ code, said }) => ({ step: stepOf(form, code)!.key, said }));
  const day = dayFault(round, values.surveyed_on, today);
  const points = pointsComputed ? null : pointsFault(values.b1_entered);
  const paper = !pointsComputed && values.b1_entered !== null && !isGiven(values.paper_no);
  const more = [day, points, paper ? PAPER : null].filter((said) => said !== null).map((said) => ({ step: "more", said }));
  return [...people, ...questions, ...more];
}

/** Questions that may stay open, each with its screen. */
export function open(form: Form, answers: Answers): Gap[] {
  return leftOut(form, answers).map((one) => ({ step: stepOf(form, one.code)!.key, said: one.label }));
}

const PEOPLE = { vi: "Chưa xác nhận những người đang sống trong hộ", en: "Who lives there is not confirmed yet" };
const PAPER = { vi: "Đã ghi điểm B1 của phiếu giấy: xin ghi thêm số phiếu", en: "B1 is taken from a paper form: please give its number" };

export const MOST_POINTS = 1000; // what the wire carries (api/reviews/review_schemas.py), no rule of a standard

/** A total of B1 that the server does not take. */
export function pointsFault(points: number | string | null): Words | null {
  if (points === null || (typeof points === "number" && Number.isInteger(points) && points >= 0 && points <= MOST_POINTS)) return null;
  return { vi: `Điểm là số tròn từ 0 đến ${MOST_POINTS}. Xin xem lại.`, en: `Points are a whole number from 0 to ${MOST_POINTS}. Please check.` };
}

/** A day that the server does not take. */
export function dayFault(round: Round, on: Day, today: Day): Words | null {
  if (!on) return { vi: "Xin ghi ngày rà soát.", en: "Give the day of the survey, please." };
  if (on < round.opens_on) {
    return {
      vi: `Ngày rà soát ở trước ngày bắt đầu của đợt (${written(round.opens_on)}).`,
      en: `The day lies before the first day of the round (${round.opens_on}).`,
    };
  }
  return on > today ? FUTURE : null;
}

const FUTURE = {
  vi: "Ngày rà soát không thể sau hôm nay. Xin xem lại ngày của máy.",
  en: "The day cannot lie in the future. Check the tablet's clock.",
};

const written = (day: Day): string => day.split("-").reverse().join("/");
