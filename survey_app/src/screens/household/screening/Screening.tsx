// Phiếu A of a request: asked question by question where its items are known, else its result from paper.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { baseOf } from "../../../actions/changes.ts";
import { newScreening } from "../../../actions/papers.ts";
import { formA, hasItems, screeningFaults, type ScreeningValues } from "../../../forms/screening.ts";
import { today, uuid5 } from "../../../ids.ts";
import type { Tablet } from "../../../tablet.ts";
import type { Uuid } from "../../../wire.ts";
import { say } from "../../../words/words.ts";
import { householdName } from "../../../words/work_words.ts";
import { Notice, Screen } from "../../parts.tsx";
import { goInstead } from "../../route.ts";
import { FormScreen, NotHere } from "../FormParts.tsx";
import { useChecked } from "../useChecked.ts";
import { useDraft } from "../useDraft.ts";
import { AskedFor, type Filling, refusedWords } from "./filling.tsx";
import { isRefused, paper } from "./papers_of.ts";
import { ResultFields } from "./ResultFields.tsx";
import { Steps } from "./Steps.tsx";
import { SCREENING } from "./words.ts";

export function Screening({ tablet, requestId }: { tablet: Tablet; requestId: Uuid }): JSX.Element {
  const request = tablet.register.request(requestId);
  const id = useResultId(requestId);
  const household = request?.data.household_id ?? null;
  const there = household !== null && tablet.register.household(household) !== null;
  if (request === null || !there || tablet.reference.value === null) return <NotHere />;
  const title = say(SCREENING.title, { name: householdName(tablet.register, household) });
  if (!paper(tablet, request).open) return <Closed title={title} householdId={household} request={request} />;
  if (id === null) return <Screen title={title} back={["household", household]}>{null}</Screen>;
  return <Filled tablet={tablet} id={id} request={request} title={title} />;
}

/** null for the moment in which it is reckoned. */
function useResultId(requestId: Uuid): Uuid | null {
  const [id, setId] = useState<Uuid | null>(null);
  useEffect(() => void uuid5(requestId, "screening").then(setId), [requestId]);
  return id;
}

type Shut = Pick<Filling, "title" | "request"> & { householdId: Uuid };

function Closed({ title, householdId, request }: Shut): JSX.Element {
  const home = () => goInstead("household", householdId);
  return (
    <Screen title={title} back={home}>
      <Notice kind="info">{isRefused(request) ? refusedWords(request) : say(SCREENING.listed)}</Notice>
    </Screen>
  );
}

function Filled({ tablet, id, request, title }: Pick<Filling, "tablet" | "id" | "request" | "title">): JSX.Element {
  const about = { request: request.id, household: request.data.household_id! };
  const draft = useDraft<ScreeningValues>(tablet, "screening", about, () => begin(tablet, id));
  const form = formA(tablet.reference.value!, today());
  const filling = { tablet, id, request, form, draft, title };
  return hasItems(form) ? <Steps filling={{ ...filling, form }} /> : <OnPaper filling={filling} />;
}

/** A new one, or the one that is there, to be corrected. */
function begin({ register }: Tablet, id: Uuid): ScreeningValues {
  const seen = register.screening(id);
  if (seen === null) return { answers: {}, passed: null, reason: null, screened_on: today(), base: null, before: {} };
  const { answers, passed, reason, screened_on } = seen.data;
  return { answers: { ...answers }, passed, reason: reason ?? null, screened_on, base: baseOf(register, id), before: { ...seen.data } };
}

function OnPaper({ filling }: { filling: Filling }): JSX.Element {
  const { tablet, id, request, form, draft, title } = filling;
  const values = draft.values.value;
  const { said, works } = useChecked(() => ({
    faults: screeningFaults(form, values, today()),
    works: () => newScreening(id, request.id, form, values),
  }));
  return (
    <FormScreen tablet={tablet} form={draft} title={title} fallback={["household", request.data.household_id!]} works={works} save={say(SCREENING.save)}>
      <AskedFor request={request} />
      <Notice kind="info">{say(SCREENING.on_paper)}</Notice>
      <ResultFields draft={draft} byPerson said={said} />
    </FormScreen>
  );
}
