// Something asked of the server for one screen: that it is under way, what went wrong, and to ask again.

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";

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

export type Asked<Value> = { value: Signal<Value | null>; fault: Signal<unknown>; again: () => void };

/** Asks when the screen opens, and again whenever `what` is another one. */
export function useAsked<Value>(ask: () => Promise<Value>, what: unknown = null): Asked<Value> {
  const value = useSignal<Value | null>(null);
  const fault = useSignal<unknown>(null);
  const again = () => {
    fault.value = null;
    ask().then((told) => (value.value = told), (error: unknown) => (fault.value = error));
  };
  useEffect(() => {
    value.value = null;
    again();
  }, [what]);
  return { value, fault, again };
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
      {value.value !== null ? props.children(value.value) : fault.value === null && <p class="muted" role="status">{say(WORDS.asking)}</p>}
    </>
  );
}
