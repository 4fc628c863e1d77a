// A refused piece of work is put right in the form it came from, begun with its values; what is sent then is a new
// submission. The refused one stays as it was.

import { baseOf } from "../actions/changes.ts";
import { draftAbout, newDraft } from "../actions/drafts.ts";
import { type Draft, saveDraft } from "../disk/drafts.ts";
import { uuid7 } from "../ids.ts";
import type { Tablet } from "../tablet.ts";
import type { Data, Uuid } from "../wire.ts";
import type { Work } from "../work.ts";
import { routeOf } from "./household/Drafts.tsx";
import { begin } from "./household/review/state.ts";
import { go } from "./route.ts";

/** Begins the form and goes there; null where this tablet has no form for it. */
export function putRight(tablet: Tablet, work: Work): (() => Promise<void>) | null {
  const draft = begun(tablet, work);
  const route = draft === null ? null : routeOf(draft);
  if (draft === null || route === null) return null;
  return async () => {
    // a form that was begun since holds what the surveyor thought of last
    if (draftAbout(tablet.drafts.value, draft.kind, draft.about) === null) {
      await saveDraft(tablet.opened, draft);
      tablet.drafts.value = [...tablet.drafts.value, draft];
    }
    go(...route);
  };
}

function begun(tablet: Tablet, work: Work): Draft | null {
  switch (work.entity) {
    case "household":
      return ofHousehold(tablet, work);
    case "member":
      return ofMember(tablet, work);
    case "review":
      return ofReview(tablet, work);
    case "request":
    case "delivery":
      return ofPaper(tablet, work);
    default:
      return null;
  }
}

/** One that was never made is made again under its own id, with its people: work that the server holds for it is then
 * released, and what is the same is not made twice. */
function ofHousehold(tablet: Tablet, { id, base_version, data }: Work): Draft | null {
  if (base_version === null) {
    const mine = tablet.outbox.value.filter((one) => one.entity === "member" && one.base_version === null && one.data.household_id === id);
    const people = mine.map((one) => ({ id: one.id, values: one.data })).sort((one) => (one.id === data.head_member_id ? -1 : 1));
    return people.length === 0 ? null : newDraft("household", { new_in: String(data.hamlet_id) }, { id, values: data, people });
  }
  const seen = tablet.register.household(id)?.data;
  if (seen === undefined) return null;
  if ("head_member_id" in data) return newDraft("head", { household: id }, { head: data.head_member_id, becomes: null });
  return newDraft("household", { household: id }, changing(tablet, id, seen, data));
}

function ofMember(tablet: Tablet, { id, base_version, data }: Work): Draft | null {
  if (base_version === null) {
    const household = String(data.household_id);
    return tablet.register.household(household) === null ? null : newDraft("member", { new_in: household, household }, { id, values: data });
  }
  const seen = tablet.register.member(id)?.data;
  // who went to another household is put right where it was split
  if (seen === undefined || "household_id" in data) return null;
  const about = { member: id, household: seen.household_id };
  if (!("left_on" in data)) return newDraft("member", about, changing(tablet, id, { ...seen, personal_id: null }, data, seen));
  const { left_on, left_reason } = data;
  return left_on === null ? null : newDraft("leaving", about, { left_on, left_reason, head: null, base: baseOf(tablet.register, id) });
}

/** On the record as it is now, not on the one that was refused. */
function changing(tablet: Tablet, id: Uuid, shown: Data, data: Data, before: Data = shown): Data {
  return { values: { ...shown, ...data }, base: baseOf(tablet.register, id), before: { ...before } };
}

function ofReview(tablet: Tablet, { data }: Work): Draft | null {
  const household = String(data.household_id);
  const round = tablet.reference.value?.rounds.find((one) => one.id === data.round_id);
  if (round === undefined || tablet.register.household(household) === null) return null;
  const empty: Data = begin(round);
  const said = Object.fromEntries(Object.keys(empty).map((name) => [name, data[name] ?? empty[name]]));
  return newDraft("review", { household, round: round.id }, said);
}

function ofPaper(tablet: Tablet, { entity, data }: Work): Draft | null {
  const household = String(data.household_id);
  if (tablet.register.household(household) === null) return null;
  if (entity === "request") {
    const { kind, received_on, reason = null } = data;
    return newDraft("request", { household }, { id: uuid7(), kind, received_on, reason });
  }
  if (typeof data.sheet_line_id !== "string") return null;
  const { delivered_on, received_by = null, note = null, attachments = [] } = data;
  return newDraft("delivery", { sheet_line: data.sheet_line_id, household }, { id: uuid7(), delivered_on, received_by, refused: data.outcome === "refused", note, attachments });
}
