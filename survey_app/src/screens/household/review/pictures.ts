// Pictures that go with a review: photos as they are kept, and what was drawn on the screen.

import { shrunk } from "../../../photo.ts";

/** The photo as it is kept (photo.ts), made by a worker of its own: what a large photo takes of the memory goes with it.
 * Where the browser starts none, made here. Raises for what is no picture. */
export async function reduced(photo: Blob): Promise<Blob> {
  const worker = new Worker("photo_worker.js");
  try {
    const small = await new Promise<Blob | null>((done, failed) => {
      worker.onmessage = (event: MessageEvent<Blob | null>) => done(event.data);
      worker.onerror = () => failed(new Error("no worker"));
      worker.postMessage(photo);
    }).catch(() => shrunk(photo));
    if (small === null) throw new Error("no picture");
    return small;
  } finally {
    worker.terminate();
  }
}

export function content(canvas: HTMLCanvasElement, type: "image/png"): Promise<Blob> {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob === null ? failed(new Error("no picture")) : done(blob)), type));
}
