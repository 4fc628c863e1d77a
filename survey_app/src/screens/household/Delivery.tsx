// Support of a signing sheet is handed over to a household, or refused by it.

import type { JSX } from "preact";

import { newDelivery, type DeliveryValues } from "../../actions/papers.ts";
import { deliveryFaults } from "../../forms/checks.ts";
import { today, uuid7 } from "../../ids.ts";
import type { Seen } from "../../register/register.ts";
import type { Tablet } from "../../tablet.ts";
import type { Data, Uuid } from "../../wire.ts";
import { named } from "../../words/codes.ts";
import { language, say, texts } from "../../words/words.ts";
import { DateField, Notice, TextField, YesNo } from "../parts.tsx";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { amountOf, awaited, lineOf } from "./support.ts";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Trao hỗ trợ", "Hand over support"],
  took: ["Hộ có nhận không?", "Does the household take it?"],
  on: ["Ngày trao", "Handed over on"],
  by: ["Người nhận", "Received by"],
  refused_by: ["Người từ chối nhận", "Refused by"],
  note: ["Ghi chú", "Note"],
  ticked: ["Khoản này đã được đánh dấu.", "This was ticked already."],
});

export type DeliveryDraft = DeliveryValues & { id: Uuid };

export function Delivery({ tablet, lineId }: { tablet: Tablet; lineId: Uuid }): JSX.Element {
  const line = lineOf(tablet.register, lineId);
  return line === null || tablet.reference.value === null ? <NotHere /> : <Form tablet={tablet} line={line} />;
}

function Form({ tablet, line }: { tablet: Tablet; line: Seen }): JSX.Element {
  const householdId = line.data.household_id as Uuid;
  const initial = () => ({ id: uuid7(), delivered_on: today(), received_by: meantFor(tablet, line), refused: false, note: null, attachments: [] });
  const form = useDraft<DeliveryDraft>(tablet, "delivery", { sheet_line: line.id, household: householdId }, initial);
  const values = form.values.value;
  const waits = awaited(tablet.register, householdId).some((one) => one.id === line.id);
  const { said, works } = useChecked(() => ({
    faults: { ...deliveryFaults(values as unknown as Data, today()), ...(waits ? {} : { line: WORDS.ticked }) },
    works: () => [newDelivery(values.id, line, values)],
  }));
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", householdId]} works={works}>
      {!waits && <Notice kind="warning">{say(WORDS.ticked)}</Notice>}
      <Line tablet={tablet} data={line.data} />
      <YesNo label={say(WORDS.took)} value={!values.refused} required onChange={(took) => form.set({ refused: took === false })} />
      <DateField
        label={say(WORDS.on)}
        value={values.delivered_on}
        max={today()}
        required
        fault={said("delivered_on")}
        onChange={(day) => form.set({ delivered_on: day ?? "" })}
      />
      <TextField
        label={say(values.refused ? WORDS.refused_by : WORDS.by)}
        value={values.received_by}
        maxLength={120}
        required
        fault={said("received_by")}
        onChange={(received_by) => form.set({ received_by })}
      />
      <TextField label={say(WORDS.note)} value={values.note} long maxLength={2000} onChange={(note) => form.set({ note })} />
    </FormScreen>
  );
}

/** The person of the line, else the head. */
function meantFor({ register }: Tablet, { data }: Seen): string | null {
  const person = data.member_id ? register.member(data.member_id as Uuid) : null;
  return (person ?? register.members(data.household_id as Uuid)[0])?.data.full_name ?? null;
}

function Line({ tablet, data }: { tablet: Tablet; data: Data }): JSX.Element {
  const form = named(tablet.reference.value!, "support_form", data.form as string);
  return (
    <>
      <p class="amount"><strong>{amountOf(data, language.value)}</strong></p>
      <p>{[data.title, data.period, form].filter(Boolean).join(" · ")}</p>
    </>
  );
}
