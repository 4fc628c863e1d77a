// Papers of a household: a request, Phiếu A of it, a review of a round, support handed over. Only Phiếu A is corrected
// afterwards, until it has led onto a list.

import type { NewWork } from "../disk/outbox.ts";
import { cleaned } from "../forms/answers.ts";
import { type Judged, deviceResult } from "../forms/judged.ts";
import type { ReviewValues } from "../forms/review.ts";
import { hasItems, ruled, type ScreeningValues } from "../forms/screening.ts";
import type { Attachment, Data, Day, Form, Round, Uuid } from "../wire.ts";
import { changedFields, known, tidied } from "./changes.ts";

export function newRequest(id: Uuid, householdId: Uuid, values: Data): NewWork {
  const { kind, received_on, reason } = values;
  return { entity: "request", id, base_version: null, data: known(tidied({ household_id: householdId, kind, received_on, reason })) };
}

export type ReviewOf = { id: Uuid; householdId: Uuid; round: Round; form: Form; pointsComputed: boolean };

/** A review as records say it; what the round does not ask for is left out. */
export function newReview({ id, householdId, round, form, pointsComputed }: ReviewOf, values: ReviewValues, found: Judged): NewWork {
  const entered = pointsComputed ? null : values.b1_entered;
  const asksPosition = round.evidence?.includes("position") ?? false;
  const told = known(tidied({
    respondent: values.respondent,
    paper_no: values.paper_no,
    b1_entered: entered,
    position: asksPosition ? values.position : null,
  }));
  const data = {
    household_id: householdId,
    round_id: round.id,
    form: { code: form.code, version: form.version },
    surveyed_on: values.surveyed_on,
    answers: cleaned(form, values.answers),
    causes: values.causes,
    needs: values.needs,
    device_result: deviceResult(found.assessment),
    attachments: values.attachments,
    ...told,
  };
  return { entity: "review", id, base_version: null, data };
}

/** The result of Phiếu A. `id` follows from the request's (docs/sync-protocol.md, "Phiếu A"): two who write it down write
 * the same record. A correction sends what was changed, and nothing where nothing was. */
export function newScreening(id: Uuid, requestId: Uuid, form: Form | null, values: ScreeningValues): NewWork[] {
  const asked = hasItems(form);
  const said = tidied({ reason: values.reason, screened_on: values.screened_on });
  const content = {
    form: asked ? { code: form.code, version: form.version } : null,
    answers: asked ? cleaned(form, values.answers) : {},
    passed: ruled(form, values.answers) ?? values.passed,
    ...said,
  };
  if (values.base === null) return [{ entity: "screening", id, base_version: null, data: { request_id: requestId, ...known(content) } }];
  const data = changedFields(values.before, content);
  return Object.keys(data).length === 0 ? [] : [{ entity: "screening", id, base_version: values.base, data }];
}

/** What a delivery says as the line of its signing sheet does. */
const OF_LINE = ["intervention_id", "household_id", "member_id", "form", "paid_by", "amount_vnd", "quantity", "unit"];

export type DeliveryValues = { delivered_on: Day; received_by: string | null; refused: boolean; note: string | null; attachments: Attachment[] };

/** A line of a signing sheet is ticked: handed over, or refused by whom it was meant for. */
export function newDelivery(id: Uuid, line: { id: Uuid; data: Data }, values: DeliveryValues): NewWork {
  const said = Object.fromEntries(OF_LINE.map((name) => [name, line.data[name]]));
  const told = tidied({ delivered_on: values.delivered_on, received_by: values.received_by, note: values.note });
  const data = known({ ...said, ...told, sheet_line_id: line.id, outcome: values.refused ? "refused" : null });
  return { entity: "delivery", id, base_version: null, data: values.attachments.length > 0 ? { ...data, attachments: values.attachments } : data };
}
