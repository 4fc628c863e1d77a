// The pieces that every screen is made of: large enough for a finger, named for a screen reader, kind in what they say.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { numberOrTyped, typedNumber } from "../forms/numbers.ts";
import type { Option } from "../wire.ts";
import { language, say, texts } from "../words/words.ts";
import { BackIcon } from "./icons.tsx";
import { go, route } from "./route.ts";
import { SyncState } from "./sync_state.tsx";

const WORDS = texts({
  back: ["Quay lại", "Back"],
  yes: ["Có", "Yes"],
  no: ["Không", "No"],
  odd: ["Xin ghi một con số, ví dụ 12 hoặc 12,5.", "A number, please, such as 12 or 12.5."],
  not_known: ["Chưa rõ", "Not known"],
});

const KINDS = texts({
  household: ["Hộ", "Household"],
  member: ["Người trong hộ", "Person"],
  split: ["Tách hộ", "Split"],
  request: ["Giấy đề nghị", "Request"],
  review: ["Phiếu rà soát", "Review"],
  screening: ["Phiếu A", "Form A"],
  delivery: ["Trao hỗ trợ", "Support handed over"],
  officer: ["Việc của cán bộ", "Officer's work"],
});

/** Of a screen about a household only its kind: the browser writes titles into its history, where anybody reads them. */
function windowTitle(title: string): string {
  const kind = KINDS[route.value[0] as keyof typeof KINDS];
  return kind === undefined ? title : say(kind);
}

/** What had the focus is gone: whoever hears the screen stands at its heading again. */
export const toHeading = (): void => document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });

/** A whole screen. `back`: where the arrow leads, or what it does. `foot` stays in reach of the thumb. The heading takes
 * the focus when the address has changed, so that a screen reader says where one is. */
export function Screen(props: { title: string; back?: string[] | (() => void); foot?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const { title, back, foot, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const leave = typeof back === "function" ? back : () => go(...(back ?? []));
  const address = route.value.join("/");
  useEffect(() => {
    document.title = windowTitle(title);
  }, [title, address]);
  useEffect(() => {
    // a field that a screen begins with keeps it
    if (!heading.current?.closest(".screen")?.querySelector("main :focus")) heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [address]);
  return (
    <div class="screen">
      <header class="bar">
        {back !== undefined && <button type="button" class="icon" aria-label={say(WORDS.back)} onClick={leave}><BackIcon /></button>}
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        <SyncState />
      </header>
      <main>{children}</main>
      {foot !== undefined && <footer class="foot">{foot}</footer>}
    </div>
  );
}

type ButtonProps = { kind?: "main" | "plain" | "danger"; disabled?: boolean; submit?: boolean; focused?: boolean; onPress?: () => void; children: ComponentChildren };

/** A key that is held down presses once: what it would press next may be another button. `focused`: it comes with the
 * focus. */
export function Button(props: ButtonProps): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (props.focused) button.current?.focus();
  }, []);
  const once = (event: KeyboardEvent) => event.repeat && event.key === "Enter" && event.preventDefault();
  return (
    <button ref={button} type={props.submit ? "submit" : "button"} class={`button ${props.kind ?? "plain"}`} disabled={props.disabled} onKeyDown={once} onClick={props.onPress}>
      {props.children}
    </button>
  );
}

/** Something to know. "fault" is read out at once. */
export function Notice(props: { kind: "info" | "warning" | "fault" | "good"; children: ComponentChildren }): JSX.Element {
  return <div class={`notice ${props.kind}`} role={props.kind === "fault" ? "alert" : "status"}>{props.children}</div>;
}

export function Bar(props: { label: string; done: number; all: number | null }): JSX.Element {
  const id = useId();
  return (
    <div class="progress">
      <label for={id}>{props.label}</label>
      <progress id={id} max={props.all ?? undefined} value={props.all === null ? undefined : props.done} />
    </div>
  );
}

type FieldProps<Value> = { label: string; value: Value | null; onChange: (value: Value | null) => void; hint?: string; fault?: string; required?: boolean };

function Field(props: { id: string; label: string; hint?: string; fault?: string; required?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <div class={props.fault === undefined ? "field" : "field faulty"}>
      <label for={props.id}>{props.label}{props.required && <span aria-hidden="true"> *</span>}</label>
      {props.hint !== undefined && <p class="hint" id={`${props.id}-hint`}>{props.hint}</p>}
      {props.children}
      {props.fault !== undefined && <p class="fault" id={`${props.id}-fault`} role="alert">{props.fault}</p>}
    </div>
  );
}

const described = (id: string, props: { hint?: string; fault?: string }) =>
  [props.hint !== undefined && `${id}-hint`, props.fault !== undefined && `${id}-fault`].filter(Boolean).join(" ") || undefined;

// `autocomplete` is off where nothing else is said: else the browser keeps what was typed, in clear, to restore the page.
type TextFieldProps = FieldProps<string> & { type?: "text" | "tel" | "password" | "url"; inputMode?: "numeric" | "tel" | "text"; maxLength?: number; long?: boolean; autoComplete?: string; name?: string };

/** "" is told as null. */
export function TextField(props: TextFieldProps): JSX.Element {
  const id = useId();
  const change = (event: { currentTarget: { value: string } }) => props.onChange(event.currentTarget.value || null);
  const shared = { id, name: props.name, value: props.value ?? "", maxLength: props.maxLength, required: props.required, spellcheck: false, "aria-describedby": described(id, props), "aria-invalid": props.fault !== undefined, onInput: change };
  return (
    <Field id={id} {...props}>
      {props.long ? <textarea rows={3} autoComplete="off" {...shared} /> : <input type={(props.type ?? "text") as "text"} inputMode={props.inputMode} autoComplete={props.autoComplete ?? "off"} {...shared} />}
    </Field>
  );
}

/** A number as it is typed in Viet Nam (12,5; 1.500 is one and a half thousand). What is none is told as it was typed: it
 * is pointed out at once, kept with the form, and whoever checks the form sends no such thing. */
export function NumberField(props: FieldProps<number | string> & { decimals?: number; min?: number | null; max?: number | null }): JSX.Element {
  const id = useId();
  const { value } = props;
  const told = { ...props, ...(typeof value === "string" && { fault: say(WORDS.odd) }) };
  const change = (event: { currentTarget: { value: string } }) => props.onChange(numberOrTyped(event.currentTarget.value, props.decimals));
  return (
    <Field id={id} {...told}>
      <input id={id} type="text" inputMode={props.decimals ? "decimal" : "numeric"} autoComplete="off" maxLength={40} defaultValue={typeof value === "string" ? value : typedNumber(value, language.value)} required={props.required} aria-describedby={described(id, told)} aria-invalid={told.fault !== undefined} onInput={change} />
    </Field>
  );
}

export function DateField(props: FieldProps<string> & { min?: string; max?: string }): JSX.Element {
  const id = useId();
  return (
    <Field id={id} {...props}>
      <input id={id} type="date" autoComplete="off" value={props.value ?? ""} min={props.min} max={props.max} required={props.required} aria-describedby={described(id, props)} aria-invalid={props.fault !== undefined} onInput={(event) => props.onChange(event.currentTarget.value || null)} />
    </Field>
  );
}

/** One of a list, as large buttons. Pressing the chosen one again takes it back where nothing is required; `always` one is
 * chosen, so that there is nothing to mark as required either. */
export function Choice(props: FieldProps<string> & { options: (Option & { lang?: string })[]; always?: boolean }): JSX.Element {
  const id = useId();
  const press = (code: string) => props.onChange(props.value === code && !props.required && !props.always ? null : code);
  return (
    <fieldset class={props.fault === undefined ? "field" : "field faulty"} aria-describedby={described(id, props)}>
      <legend>{props.label}{props.required && <span aria-hidden="true"> *</span>}</legend>
      {props.hint !== undefined && <p class="hint" id={`${id}-hint`}>{props.hint}</p>}
      <div class="choices">
        {props.options.map((one) => (
          <label key={one.code} class="choice">
            <input type="radio" name={id} checked={props.value === one.code} onClick={() => press(one.code)} />
            <span lang={one.lang}>{say(one.label)}</span>
          </label>
        ))}
      </div>
      {props.fault !== undefined && <p class="fault" id={`${id}-fault`} role="alert">{props.fault}</p>}
    </fieldset>
  );
}

/** Several of a list. */
export function Choices(props: { label: string; value: string[]; options: Option[]; onChange: (value: string[]) => void; hint?: string; fault?: string }): JSX.Element {
  const id = useId();
  const press = (code: string, on: boolean) => props.onChange(props.options.map((one) => one.code).filter((one) => (one === code ? on : props.value.includes(one))));
  return (
    <fieldset class={props.fault === undefined ? "field" : "field faulty"} aria-describedby={described(id, props)}>
      <legend>{props.label}</legend>
      {props.hint !== undefined && <p class="hint" id={`${id}-hint`}>{props.hint}</p>}
      <div class="choices">
        {props.options.map((one) => (
          <label key={one.code} class="choice">
            <input type="checkbox" checked={props.value.includes(one.code)} onChange={(event) => press(one.code, event.currentTarget.checked)} />
            <span>{say(one.label)}</span>
          </label>
        ))}
      </div>
      {props.fault !== undefined && <p class="fault" id={`${id}-fault`} role="alert">{props.fault}</p>}
    </fieldset>
  );
}

/** Yes or no; where `mayBeUnknown`, also "not known" (null). */
export function YesNo(props: FieldProps<boolean> & { mayBeUnknown?: boolean }): JSX.Element {
  const options = [
    { code: "yes", label: WORDS.yes },
    { code: "no", label: WORDS.no },
    ...(props.mayBeUnknown ? [{ code: "unknown", label: WORDS.not_known }] : []),
  ];
  const chosen = props.value === null ? (props.mayBeUnknown ? "unknown" : null) : props.value ? "yes" : "no";
  return <Choice {...props} value={chosen} options={options} onChange={(code) => props.onChange(code === "yes" ? true : code === "no" ? false : null)} />;
}

/** A day as it is written in Viet Nam. */
export function day(iso: string | null | undefined): string {
  if (!iso) return "";
  const [year, month, date] = iso.slice(0, 10).split("-");
  return language.value === "vi" ? `${date}/${month}/${year}` : iso.slice(0, 10);
}
