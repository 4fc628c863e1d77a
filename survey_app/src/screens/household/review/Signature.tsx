// A signature, drawn with a finger.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { say, texts } from "../../../words/words.ts";
import { Button } from "../../parts.tsx";
import { content } from "./pictures.ts";

const WORDS = texts({
  here: ["Ký vào khung này bằng ngón tay", "Sign in this frame with a finger"],
  clear: ["Xoá, ký lại", "Clear"],
  kept: ["Đã lưu chữ ký.", "The signature is kept."],
});
const WIDTH = 800;
const HEIGHT = 300;

/** `onKeep` is given a PNG after every stroke, and tells whether it is kept: who goes on to the next screen has signed. A
 * finger that only touches the frame has written nothing. */
export function Signature({ onKeep, onClear }: { onKeep: (picture: Blob) => Promise<boolean>; onClear: () => void }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const kept = useRef(Promise.resolve());
  const wrote = useRef(false);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => blank(canvas.current!), []);
  const begin = (event: PointerEvent) => {
    canvas.current!.setPointerCapture(event.pointerId);
    pen(canvas.current!).beginPath();
    draw(event);
  };
  const draw = (event: PointerEvent) => {
    if (event.buttons === 0) return;
    if (event.type === "pointermove") wrote.current = true;
    pen(canvas.current!).lineTo(...place(canvas.current!, event));
    pen(canvas.current!).stroke();
  };
  // one after the other: what was cleared must not come back by a stroke before it
  const inTurn = (deed: () => Promise<boolean> | boolean) => {
    kept.current = kept.current.then(deed).then(setDrawn, () => setDrawn(false));
  };
  const end = () => {
    if (!wrote.current) return;
    wrote.current = false;
    const picture = content(canvas.current!, "image/png");
    inTurn(async () => onKeep(await picture));
  };
  const clear = () => {
    blank(canvas.current!);
    inTurn(() => (onClear(), false));
  };
  return (
    <>
      <canvas
        ref={canvas} class="signature" width={WIDTH} height={HEIGHT} role="img" aria-label={say(WORDS.here)}
        onPointerDown={begin} onPointerMove={draw} onPointerUp={end} onPointerCancel={end}
      />
      <p class="hint" role="status">{say(drawn ? WORDS.kept : WORDS.here)}</p>
      <div class="buttons">
        <Button disabled={!drawn} onPress={clear}>{say(WORDS.clear)}</Button>
      </div>
    </>
  );
}

const pen = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => canvas.getContext("2d")!;

/** White paper, a black pen: what is kept is read on paper later. */
function blank(canvas: HTMLCanvasElement): void {
  const drawing = pen(canvas);
  drawing.fillStyle = "#fff";
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.strokeStyle = "#000";
  drawing.lineWidth = 4;
  drawing.lineCap = drawing.lineJoin = "round";
}

function place(canvas: HTMLCanvasElement, event: PointerEvent): [number, number] {
  const shown = canvas.getBoundingClientRect();
  return [((event.clientX - shown.left) * WIDTH) / shown.width, ((event.clientY - shown.top) * HEIGHT) / shown.height];
}
