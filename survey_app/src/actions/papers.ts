// Papers of a household: a request, a review of a round, support handed over. They are never changed afterwards.

import type { NewWork } from "../disk/outbox.ts";
import { cleaned } from "../forms/answers.ts";
import { type Judged, deviceResult } from "../forms/judged.ts";
import type { ReviewValues } from "../forms/review.ts";
import type { Attachment, Data, Day, Form, Round, Uuid } from "../wire.ts";
import { known, tidied } from "./changes.ts";

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
