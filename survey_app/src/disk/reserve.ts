// Room that photos do not take: bytes that say nothing, put aside while there is room, and let go of when work finds
// none. What the browser says of its room is no help there: some make it up (room.ts).
//
// It lies in pieces, in the database of the tablet: every surveyor's work may need it, and so may the mark of a try at
// the PIN, before anybody is in. Who only deletes needs no room: browsers let that through when the quota is used up.

import { signal } from "@preact/signals";

import { unlessFull } from "./database.ts";
import { inTurn } from "./in_turn.ts";
import { newDataKey } from "./keys.ts";
import { sealBytes } from "./sealing.ts";
import { inTabletDatabase } from "./tablet_database.ts";

/** A form is ten kilobytes, and its work as much: hundreds of them until somebody has made room. */
const PIECES = 16;
const PIECE_BYTES = 1 << 20;

/** It does not stand, and had no room: no photo is taken any more, and the screens say so. */
export const isFull = signal(false);

const turns = {};

/** Lays down what is missing of it, beside the screen; false: there is no room for it, and none of it stays. */
export function putAside(): Promise<boolean> {
  return inTurn(turns, "reserve", async () => {
    const stands = await laidDown().then(() => true, (error: unknown) => (unlessFull(error), false));
    if (!stands) await clear();
    isFull.value = !stands;
    return stands;
  });
}

async function laidDown(): Promise<void> {
  await inTabletDatabase(async (db) => {
    for (let piece = await db.count("reserve"); piece < PIECES; piece++) await db.put("reserve", await anything(), piece);
  });
}

/** Sealed by a key that nobody keeps: no store can make it smaller. */
async function anything(): Promise<ArrayBuffer> {
  const { bytes } = await sealBytes(await newDataKey(), "reserve", new Uint8Array(PIECE_BYTES));
  return bytes;
}

const clear = (): Promise<void> => inTabletDatabase((db) => db.clear("reserve"));

/** Writes work; where the disk is full, once more with the reserve let go of. Not for photos. Raises DiskFull: nothing was
 * written. */
export async function withReserve<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    unlessFull(error);
  }
  // also where it is gone already: another write may have let it go since this one began
  await inTurn(turns, "reserve", clear).catch(() => undefined);
  isFull.value = true;
  return attempt();
}
