// A press that cannot be taken back only asks first.

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

import { Button } from "./parts.tsx";

type Props = { ask: string; yes: string; no: string; danger?: boolean; onYes: () => void; children: ComponentChildren };

/** `ask` stands alone; pressed, it gives way to what there is to know (`children`), `no` and `yes`. The focus is on `no`, where
 * a second press of a finger or a key lands too; Escape is `no`. */
export function Sure({ ask, yes, no, danger, onYes, children }: Props): JSX.Element {
  const [at, setAt] = useState<"before" | "asking" | "left">("before");
  if (at !== "asking") return <Button kind={danger ? "danger" : "plain"} focused={at === "left"} onPress={() => setAt("asking")}>{ask}</Button>;
  const leave = () => setAt("left");
  return (
    <div class="stack" onKeyDown={(event) => event.key === "Escape" && leave()}>
      {children}
      <div class="buttons">
        <Button focused onPress={leave}>{no}</Button>
        <Button kind="danger" onPress={onYes}>{yes}</Button>
      </div>
    </div>
  );
}
