// A photo as it is kept: small enough for a line in the countryside, and without what a camera writes into it.

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;

/** A JPEG of at most 1600 pixels a side, drawn anew: place, time and make of the camera (EXIF) are not in it. Takes a slow
 * tablet a good part of a second, and holds whoever calls. Raises for what is no picture. */
export async function shrunk(photo: Blob): Promise<Blob> {
  const [width, height] = await sizeOf(photo);
  const drawn = new OffscreenCanvas(width, height);
  const small = await createImageBitmap(photo, { resizeWidth: width, resizeHeight: height, resizeQuality: "medium" });
  drawn.getContext("2d")!.drawImage(small, 0, 0);
  small.close();
  return drawn.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}

/** As it is kept. The whole picture is let go before the small one is made: a cheap tablet has not the room for both. */
async function sizeOf(photo: Blob): Promise<[width: number, height: number]> {
  const whole = await createImageBitmap(photo);
  const share = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
  const sides = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * share))) as [number, number];
  whole.close();
  return sides;
}
