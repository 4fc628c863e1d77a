// A photo as it is kept: small enough for a line in the countryside, and without what a camera writes into it.

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** A JPEG of at most 1600 pixels a side, drawn anew: place, time and make of the camera (EXIF) are not in it. */
export async function reduced(file: Blob): Promise<Blob> {
  const [width, height] = await sizeOf(file);
  const drawn = document.createElement("canvas");
  drawn.width = width;
  drawn.height = height;
  // scaled while it is decoded, off the screen's thread
  const small = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height, resizeQuality: "medium" });
  drawn.getContext("2d")!.drawImage(small, 0, 0);
  small.close();
  return content(drawn, "image/jpeg");
}

/** As it is kept. The whole picture is let go before the small one is made: a cheap tablet has not the room for both. */
async function sizeOf(file: Blob): Promise<[width: number, height: number]> {
  const whole = await createImageBitmap(file);
  const share = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
  const sides = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * share))) as [number, number];
  whole.close();
  return sides;
}

export function content(canvas: HTMLCanvasElement, type: "image/jpeg" | "image/png"): Promise<Blob> {
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob === null ? failed(new Error("no picture")) : done(blob)), type, QUALITY));
}
