// A signature, drawn with a finger.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { say, texts } from "../../../words/words.ts";
import { Button } from "../../parts.tsx";
import { content } from "./pictures.ts";

const WORDS = texts({
  here: ["Ký vào khung này bằng ngón tay", "Sign in this frame with a finger"],
  clear: ["Xoá, ký lại", "Clear"],
  keep: ["Lưu chữ ký", "Keep the signature"],
});
const WIDTH = 800;
const HEIGHT = 300;

/** `onKeep` is given a PNG; nothing is kept before its button is pressed. */
export function Signature({ onKeep }: { onKeep: (picture: Blob) => Promise<void> }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => blank(canvas.current!), []);
  const stroke = (event: PointerEvent) => {
    const pen = canvas.current!.getContext("2d")!;
    const [x, y] = place(canvas.current!, event);
    if (event.type === "pointerdown") {
      canvas.current!.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(x, y);
    }
    if (event.buttons === 0) return;
    pen.lineTo(x, y);
    pen.stroke();
    if (!drawn) setDrawn(true);
  };
  const clear = () => {
    blank(canvas.current!);
    setDrawn(false);
  };
  const keep = async () => {
    setBusy(true);
    await content(canvas.current!, "image/png").then(onKeep).finally(() => setBusy(false));
  };
  return (
    <>
      <canvas ref={canvas} class="signature" width={WIDTH} height={HEIGHT} role="img" aria-label={say(WORDS.here)} onPointerDown={stroke} onPointerMove={stroke} />
      <div class="actions">
        <Button disabled={!drawn} onPress={clear}>{say(WORDS.clear)}</Button>
        <Button kind="main" disabled={!drawn || busy} onPress={keep}>{say(WORDS.keep)}</Button>
      </div>
    </>
  );
}

/** White paper, a black pen: what is kept is read on paper later. */
function blank(canvas: HTMLCanvasElement): void {
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.strokeStyle = "#000";
  pen.lineWidth = 4;
  pen.lineCap = pen.lineJoin = "round";
}

function place(canvas: HTMLCanvasElement, event: PointerEvent): [number, number] {
  const shown = canvas.getBoundingClientRect();
  return [((event.clientX - shown.left) * WIDTH) / shown.width, ((event.clientY - shown.top) * HEIGHT) / shown.height];
}
