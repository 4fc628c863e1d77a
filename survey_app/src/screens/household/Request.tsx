// A household asks for something on paper (Mẫu 01, Mẫu 04, average living standard): it is written down and sent.

import type { JSX } from "preact";

import { newRequest } from "../../actions/papers.ts";
import { requestFaults } from "../../forms/checks.ts";
import { today, uuid7 } from "../../ids.ts";
import type { Tablet } from "../../tablet.ts";
import type { Uuid } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";
import { say, texts } from "../../words/words.ts";
import { Choice, DateField, Notice, TextField } from "../parts.tsx";
import { FormScreen, NotHere } from "./FormParts.tsx";
import { useChecked } from "./useChecked.ts";
import { useDraft } from "./useDraft.ts";

const WORDS = texts({
  title: ["Giấy đề nghị", "A request"],
  kind: ["Hộ đề nghị việc gì?", "What does the household ask for?"],
  received: ["Ngày nhận giấy", "Received on"],
  reason: ["Lý do hộ nêu", "The reason they give"],
  next: [
    "Ghi giấy xong, xin làm Phiếu A (nhận diện nhanh) ở trang của hộ. Có Phiếu A, cán bộ xã mới đưa hộ vào danh sách rà soát.",
    "Next comes form A, on the page of the household. With it the commune officer puts the household onto a list.",
  ],
});

export type RequestDraft = { id: Uuid; kind: string | null; received_on: string | null; reason: string | null };

export function Request({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element {
  const household = tablet.register.household(householdId);
  return household === null || tablet.reference.value === null ? <NotHere tablet={tablet} home={householdId} /> : <Form tablet={tablet} householdId={householdId} />;
}

function Form({ tablet, householdId }: { tablet: Tablet; householdId: Uuid }): JSX.Element {
  const initial = () => ({ id: uuid7(), kind: null, received_on: today(), reason: null });
  const form = useDraft<RequestDraft>(tablet, "request", { household: householdId }, initial);
  const values = form.values.value;
  const { said, works } = useChecked(() => ({
    faults: requestFaults(values, today()),
    works: () => [newRequest(values.id, householdId, values)],
  }));
  return (
    <FormScreen tablet={tablet} form={form} title={say(WORDS.title)} fallback={["household", householdId]} works={works}>
      <Choice
        label={say(WORDS.kind)}
        value={values.kind}
        required
        options={optionsOf(tablet.reference.value!, "request_kind")}
        fault={said("kind")}
        onChange={(kind) => form.set({ kind })}
      />
      {values.kind === "review" && <Notice kind="info">{say(WORDS.next)}</Notice>}
      <DateField
        label={say(WORDS.received)}
        value={values.received_on}
        max={today()}
        required
        fault={said("received_on")}
        onChange={(received_on) => form.set({ received_on })}
      />
      <TextField label={say(WORDS.reason)} value={values.reason} long maxLength={2000} onChange={(reason) => form.set({ reason })} />
    </FormScreen>
  );
}
