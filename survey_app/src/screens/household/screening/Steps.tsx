// Phiếu A whose items are known: its questions step by step, and what its rule makes of the answers.

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";

import { newScreening } from "../../../actions/papers.ts";
import { send } from "../../../actions/save.ts";
import { ruled, screeningFaults, screeningGaps, type ScreeningStep, screeningSteps } from "../../../forms/screening.ts";
import { today } from "../../../ids.ts";
import type { Form } from "../../../wire.ts";
import { say } from "../../../words/words.ts";
import { useAttempt } from "../../attempt.ts";
import { ifStillHere, leaveTo } from "../../leaving.ts";
import { Notice, Screen } from "../../parts.tsx";
import { DraftNote } from "../FormParts.tsx";
import { Questions } from "../review/Questions.tsx";
import { Gaps } from "../review/Result.tsx";
import { Onward, Progress, sectionTitle, Shown } from "../review/stepping.tsx";
import { REVIEW } from "../review/words.ts";
import { useChecked } from "../useChecked.ts";
import { AskedFor, type Filling } from "./filling.tsx";
import { ResultFields, resultWords } from "./ResultFields.tsx";
import { SCREENING } from "./words.ts";

type Asked = Filling & { form: Form };

export function Steps({ filling }: { filling: Asked }): JSX.Element {
  const { tablet, request, form, draft, title } = filling;
  const keys = useComputed(() => screeningSteps(form, draft.values.value.answers).map((one) => one.key).join(" "));
  // drawn again when other screens are shown, and not with every answer
  void keys.value;
  const steps = screeningSteps(form, draft.values.peek().answers);
  const at = useSignal(draft.keeper.draft.step ?? steps[0]!.key);
  const place = Math.max(0, steps.findIndex((one) => one.key === at.value));
  const step = steps[place]!;
  const jump = (key: string) => {
    at.value = key;
    draft.keeper.put({ step: key });
  };
  const [before, after] = [steps[place - 1]?.key, steps[place + 1]?.key];
  const leave = () => leaveTo("household", request.data.household_id!);
  const onBack = before === undefined ? undefined : () => jump(before);
  const shared = { filling, title, leave, progress: <Progress place={place + 1} all={steps.length} keeper={draft.keeper} /> };
  if (step.kind === "result") return <Result {...shared} onBack={onBack} onJump={jump} />;
  return (
    <Screen title={title} back={leave} foot={<Onward label={say(REVIEW.next)} onPress={() => jump(after!)} onBack={onBack} />}>
      {shared.progress}
      {place === 0 && <DraftNote tablet={tablet} form={draft} onGone={leave} />}
      {place === 0 && <AskedFor request={request} />}
      <Shown key={step.key} title={titleOf(step)}><Questions filled={{ form, draft }} step={step.step} /></Shown>
    </Screen>
  );
}

const titleOf = (step: ScreeningStep): string => (step.kind === "questions" ? sectionTitle(step.step) : say(SCREENING.result));

type ResultProps = {
  filling: Asked;
  title: string;
  progress: JSX.Element;
  leave: () => void;
  onBack: (() => void) | undefined;
  onJump: (step: string) => void;
};

function Result({ filling, title, progress, leave, onBack, onJump }: ResultProps): JSX.Element {
  const { tablet, id, request, form, draft } = filling;
  const { attempt, busy, fault } = useAttempt();
  const values = draft.values.value;
  const missing = screeningGaps(form, values.answers);
  const found = ruled(form, values.answers);
  const { said, works } = useChecked(() => ({
    faults: screeningFaults(form, values, today()),
    works: () => newScreening(id, request.id, form, values),
  }));
  const press = () => {
    const made = works();
    if (made !== null) attempt(() => send(tablet, draft.keeper, made).then(ifStillHere(leave)));
  };
  const foot = (
    <>
      {fault !== null && <Notice kind="fault">{say(REVIEW.refused)}</Notice>}
      <Onward label={say(SCREENING.save)} disabled={busy || missing.length > 0} onPress={press} onBack={onBack} />
    </>
  );
  return (
    <Screen title={title} back={leave} foot={foot}>
      {progress}
      <Shown title={say(SCREENING.result)}>
        {missing.length > 0 && <Gaps kind="warning" said={say(REVIEW.gaps)} gaps={missing} onJump={onJump} />}
        {missing.length === 0 && <Outcome found={found} />}
        {missing.length === 0 && <ResultFields draft={draft} byPerson={found === null} said={said} />}
      </Shown>
    </Screen>
  );
}

function Outcome({ found }: { found: boolean | null }): JSX.Element {
  if (found === null) return <Notice kind="warning">{say(SCREENING.open)}</Notice>;
  return (
    <section class="card">
      <p class="proposed"><strong>{say(SCREENING.by_rule, { what: resultWords(found) })}</strong></p>
      {found && <p class="hint">{say(SCREENING.next)}</p>}
    </section>
  );
}
