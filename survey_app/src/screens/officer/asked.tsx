// Something asked of the server for one screen: that it is under way, what went wrong, and to ask again.

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { SignedOut } from "../../line/line.ts";
import type { Tablet } from "../../tablet.ts";
import { said } from "../../words/said.ts";
import { say, texts } from "../../words/words.ts";
import { Button, Notice } from "../parts.tsx";
import { Password } from "../password.tsx";

const WORDS = texts({
  asking: ["Đang hỏi máy chủ…", "Asking the server…"],
  again: ["Hỏi lại", "Ask again"],
});

export type Asked<Value> = { value: Value | null; fault: Signal<unknown>; again: () => void };

/** Asks when the screen opens, and again whenever `what` is another one. An answer that comes after a later question, or is
 * to another one than the screen asks now, is never shown as its answer. */
export function useAsked<Value>(ask: () => Promise<Value>, what: unknown = null): Asked<Value> {
  const told = useSignal<{ value: Value; what: unknown } | null>(null);
  const fault = useSignal<unknown>(null);
  const turn = useRef(0);
  const again = () => {
    const mine = ++turn.current;
    fault.value = null;
    ask().then(
      (value) => void (mine === turn.current && (told.value = { value, what })),
      (error: unknown) => void (mine === turn.current && (fault.value = error)),
    );
  };
  useEffect(again, [what]);
  return { value: told.value !== null && told.value.what === what ? told.value.value : null, fault, again };
}

export function Answer<Value>(props: { tablet: Tablet; asked: Asked<Value>; children: (value: Value) => ComponentChildren }): JSX.Element {
  const { value, fault, again } = props.asked;
  if (fault.value instanceof SignedOut) return <Password tablet={props.tablet} done={again} />;
  return (
    <>
      {fault.value !== null && (
        <Notice kind="fault">
          <p>{said(fault.value)}</p>
          <Button onPress={again}>{say(WORDS.again)}</Button>
        </Notice>
      )}
      {value !== null ? props.children(value) : fault.value === null && <p class="muted" role="status">{say(WORDS.asking)}</p>}
    </>
  );
}
