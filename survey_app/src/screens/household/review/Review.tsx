// The review of a household in a round: the people, the form step by step, and what it comes to.

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";

import { forgetNotHome } from "../../../actions/drafts.ts";
import { newReview } from "../../../actions/papers.ts";
import { send } from "../../../actions/save.ts";
import { gaps, type ReviewStep, type ReviewValues } from "../../../forms/review.ts";
import { today } from "../../../ids.ts";
import type { Tablet } from "../../../tablet.ts";
import type { Form, Round, Uuid } from "../../../wire.ts";
import { say } from "../../../words/words.ts";
import { householdName } from "../../../words/work_words.ts";
import { useAttempt } from "../../attempt.ts";
import { leaveTo } from "../../leaving.ts";
import { Button, Notice, Screen } from "../../parts.tsx";
import { go, goInstead } from "../../route.ts";
import { standing } from "../cases.ts";
import { DraftNote, NotHere } from "../FormParts.tsx";
import { People } from "../People.tsx";
import { useDraft } from "../useDraft.ts";
import { Evidence } from "./Evidence.tsx";
import { More } from "./More.tsx";
import { Questions } from "./Questions.tsx";
import { Result } from "./Result.tsx";
import { begin, type Filling, filling, formOfRound, found } from "./state.ts";
import { Onward, Progress, sectionTitle, Shown } from "./stepping.tsx";
import { REVIEW } from "./words.ts";

export function Review({ tablet, householdId, roundId }: { tablet: Tablet; householdId: Uuid; roundId: Uuid }): JSX.Element {
  const [sent, setSent] = useState(false);
  // computed, so that an answer (which changes the drafts) does not draw everything again
  const open = useComputed(() => {
    const round = tablet.revision.value < 0 ? undefined : tablet.reference.value?.rounds.find((one) => one.id === roundId);
    return round !== undefined && standing(tablet, householdId, round)?.open === true;
  });
  if (tablet.register.household(householdId) === null) return <NotHere tablet={tablet} home={householdId} />;
  const asked = formOfRound(tablet, roundId);
  if (asked === null) return <Told householdId={householdId} said={say(REVIEW.no_form)} kind="warning" />;
  if (sent) return <Told householdId={householdId} said={say(REVIEW.sent)} kind="good" />;
  if (!open.value) return <Told householdId={householdId} said={say(REVIEW.done)} kind="info" />;
  return <Form tablet={tablet} householdId={householdId} {...asked} onSent={() => setSent(true)} />;
}

function Told({ householdId, said, kind }: { householdId: Uuid; said: string; kind: "warning" | "good" | "info" }): JSX.Element {
  const home = () => goInstead("household", householdId);
  return (
    <Screen title={say(REVIEW.result)} back={home} foot={<Button kind="main" onPress={home}>{say(REVIEW.home)}</Button>}>
      <Notice kind={kind}>{said}</Notice>
    </Screen>
  );
}

type FormProps = { tablet: Tablet; householdId: Uuid; round: Round; form: Form; onSent: () => void };

function Form({ tablet, householdId, round, form, onSent }: FormProps): JSX.Element {
  const draft = useDraft<ReviewValues>(tablet, "review", { household: householdId, round: round.id }, () => begin(round));
  const filled = useMemo(() => filling(tablet, householdId, round, form, draft), [draft, form]);
  const steps = filled.steps.value;
  const at = useSignal(draft.keeper.draft.step ?? "people");
  const place = Math.max(0, steps.findIndex((one) => one.key === at.value));
  const step = steps[place]!;
  const jump = (key: string) => {
    at.value = key;
    draft.keeper.put({ step: key });
  };
  const title = say(REVIEW.title, { name: householdName(tablet.register, householdId) });
  const [before, after] = [steps[place - 1]?.key, steps[place + 1]?.key];
  const leave = () => leaveTo("household", householdId);
  const onBack = before === undefined ? undefined : () => jump(before);
  const onward = () => {
    if (step.kind === "people") draft.set({ people_confirmed: true });
    jump(after!);
  };
  const forward = <Onward label={say(step.kind === "people" ? REVIEW.right : REVIEW.next)} onPress={onward} onBack={onBack} />;
  const foot = step.kind === "result" ? <Sending filled={filled} onSent={onSent} onBack={onBack} /> : forward;
  return (
    <Screen title={title} back={leave} foot={foot}>
      {round.training && <Notice kind="warning"><strong>{say(REVIEW.training)} {say(form.scoring.label)}</strong></Notice>}
      <Progress place={place + 1} all={steps.length} keeper={draft.keeper} />
      {step.kind === "people" && <DraftNote tablet={tablet} form={draft} onGone={leave} />}
      <Shown key={step.key} title={titleOf(step)}>
        {step.kind === "people" && <Inhabitants filled={filled} />}
        {step.kind === "questions" && <Questions filled={filled} step={step.step} />}
        {step.kind === "more" && <More filled={filled} />}
        {step.kind === "evidence" && <Evidence filled={filled} />}
        {step.kind === "result" && <Result filled={filled} onJump={jump} />}
      </Shown>
    </Screen>
  );
}

function titleOf(step: ReviewStep): string {
  return step.kind === "questions" ? sectionTitle(step.step) : say(REVIEW[step.kind]);
}

function Inhabitants({ filled }: { filled: Filling }): JSX.Element {
  void filled.tablet.revision.value;
  return (
    <>
      <p class="hint">{say(REVIEW.people_hint)}</p>
      <People tablet={filled.tablet} householdId={filled.householdId} warnings={found(filled).contradictions} />
      <Button onPress={() => go("member", "new", filled.householdId)}>{say(REVIEW.add)}</Button>
    </>
  );
}

/** The foot of the last step. Its review is judged when it is sent: as everything is then. */
function Sending({ filled, onSent, onBack }: { filled: Filling; onSent: () => void; onBack: (() => void) | undefined }): JSX.Element {
  const { tablet, householdId, round, form, draft, pointsComputed } = filled;
  const { attempt, busy, fault } = useAttempt();
  const missing = gaps(form, round, pointsComputed, draft.values.value, today());
  const making = filled.making.value > 0;
  const press = async () => {
    // its id is that of its draft: however often it is sent, it is one review
    const review = newReview({ id: draft.keeper.draft.id, householdId, round, form, pointsComputed }, draft.values.value, found(filled));
    await send(tablet, draft.keeper, [review]);
    onSent();
    // only a note: the list shows the review before it
    await forgetNotHome(tablet, householdId, round.id).catch(() => undefined);
  };
  return (
    <>
      {fault !== null && <Notice kind="fault">{say(REVIEW.refused)}</Notice>}
      {making && <Notice kind="info">{say(REVIEW.making)}</Notice>}
      <Onward label={say(REVIEW.send)} disabled={busy || making || missing.length > 0} onPress={() => attempt(press)} onBack={onBack} />
    </>
  );
}
