// A new PIN, typed twice.

import type { JSX } from "preact";

import { SHORTEST_PIN } from "../disk/vault.ts";
import { say, texts } from "../words/words.ts";
import { TextField } from "./parts.tsx";

const WORDS = texts({
  pin: ["Mã PIN mới", "New PIN"],
  pin_hint: ["Ít nhất {shortest} chữ số. Dùng để mở máy mỗi ngày; đừng dùng ngày sinh hay dãy như 123456.", "At least {shortest} digits. It opens the tablet every day; no birthday, nothing like 123456."],
  again: ["Nhập lại mã PIN", "The PIN again"],
  short: ["Mã PIN cần ít nhất {shortest} chữ số, chỉ gồm chữ số.", "The PIN needs at least {shortest} digits, and digits only."],
  easy: ["Mã PIN này quá dễ đoán, hãy chọn mã khác.", "This PIN is too easy to guess, choose another."],
  differ: ["Hai lần nhập chưa giống nhau.", "The two are not the same."],
});

/** What is wrong with it, in words; undefined: nothing. */
export function newPinFault([pin, again]: [string, string]): string | undefined {
  if (!/^\d+$/.test(pin) || pin.length < SHORTEST_PIN) return say(WORDS.short, { shortest: SHORTEST_PIN });
  if (tooEasy(pin)) return say(WORDS.easy);
  return pin === again ? undefined : say(WORDS.differ);
}

/** One digit repeated, or digits that go up or down one by one. */
function tooEasy(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])));
  return steps.size === 1 && [0, 1, -1].includes([...steps][0]!);
}

export function NewPin(props: { value: [string, string]; onChange: (value: [string, string]) => void; fault?: string }): JSX.Element {
  const [pin, again] = props.value;
  const shared = { type: "password", inputMode: "numeric", autoComplete: "new-password", required: true } as const;
  return (
    <>
      <TextField {...shared} label={say(WORDS.pin)} hint={say(WORDS.pin_hint, { shortest: SHORTEST_PIN })} value={pin} onChange={(value) => props.onChange([value ?? "", again])} />
      <TextField {...shared} label={say(WORDS.again)} value={again} onChange={(value) => props.onChange([pin, value ?? ""])} fault={props.fault} />
    </>
  );
}
