// One of many, where large buttons would fill the screen: the picker of the tablet itself.

import type { JSX } from "preact";
import { useId } from "preact/hooks";

export function Select(props: { label: string; value: string; options: [value: string, label: string][]; onChange: (value: string) => void }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select id={id} value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </select>
    </div>
  );
}
