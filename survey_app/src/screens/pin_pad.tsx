// A PIN by large keys or by the keyboard: one field, so that both write the same.

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { SHORTEST_PIN } from "../disk/vault.ts";
import { say, texts } from "../words/words.ts";
import { EraseIcon } from "./icons.tsx";
import { Button } from "./parts.tsx";

const WORDS = texts({
  erase: ["Xoá một số", "Erase one digit"],
  open: ["Mở", "Open"],
});

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export function PinPad(props: { label: string; stopped: boolean; onPin: (pin: string) => void }): JSX.Element {
  const id = useId();
  const pin = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!props.stopped) field.current?.focus();
  }, [props.stopped]);
  const press = (digit: string) => (pin.value += digit);
  const submit = (event: Event) => {
    event.preventDefault();
    if (pin.value.length < SHORTEST_PIN || props.stopped) return;
    const typed = pin.value;
    // at once: after a wrong one the next begins anew, and none of its digits is cleared
    pin.value = "";
    props.onPin(typed);
  };
  const key = (digit: string) => (
    <button type="button" class="key" key={digit} disabled={props.stopped} onClick={() => press(digit)}>{digit}</button>
  );
  return (
    <form class="pad" onSubmit={submit}>
      <label for={id}>{props.label}</label>
      <input
        ref={field} id={id} class="pin" type="password" inputMode="none" autoComplete="off" value={pin.value} disabled={props.stopped}
        onInput={(event) => (pin.value = event.currentTarget.value.replace(/\D/g, ""))}
      />
      <div class="keys">
        {KEYS.map(key)}
        <button type="button" class="key" aria-label={say(WORDS.erase)} disabled={props.stopped} onClick={() => (pin.value = pin.value.slice(0, -1))}><EraseIcon /></button>
        {key("0")}
        <Button kind="main" submit disabled={props.stopped || pin.value.length < SHORTEST_PIN}>{say(WORDS.open)}</Button>
      </div>
    </form>
  );
}
