// The file in which work leaves a tablet: a line that says what it is, a header in JSON, then the sealed pieces, one after
// the other. What the header says is open (who, which tablet, how much); work and photos open with the secret only.
//
// The same shape serves both ways out: a file made by an open tablet has a key of its own, and one of a wiped profile
// has the profile's, as the password wraps it, and the rows as they lay on the disk.

import { unwrap, type Wrapped, wrappingFrom } from "./keys.ts";
import { Damaged, type Sealed } from "./sealing.ts";
import { NotOpened } from "./vault.ts";

const MAGIC = "giamngheo-outbox";
/** What has drafts is unknown to builds before them. */
const [WITHOUT_DRAFTS, WITH_DRAFTS] = ["1", "2"];

export type Who = { device_id: string; username: string; server: string; made_at: string };
export type Piece = { kind: "work"; row: number } | { kind: "draft"; id: string } | { kind: "said" | "content"; sha256: string };
export type SealedPiece = Piece & { sealed: Sealed };

type Header = Who & {
  key: { place: string; salt: string; iterations: number; iv: string; bytes: string };
  pieces: (Piece & { iv: string; size: number })[];
};

/** The pieces may come one by one: photos are not held in memory all at once. */
export async function packed(who: Who, place: string, key: Wrapped, pieces: AsyncIterable<SealedPiece> | Iterable<SealedPiece>): Promise<Blob> {
  const said: Header["pieces"] = [];
  const bodies: Blob[] = [];
  for await (const { sealed, ...piece } of pieces) {
    said.push({ ...piece, iv: base64(sealed.iv), size: sealed.bytes.byteLength });
    bodies.push(new Blob([sealed.bytes]));
  }
  const wrapped = { place, salt: base64(key.salt), iterations: key.iterations, iv: base64(key.iv), bytes: base64(new Uint8Array(key.bytes)) };
  const header: Header = { ...who, key: wrapped, pieces: said };
  const version = said.some((one) => one.kind === "draft") ? WITH_DRAFTS : WITHOUT_DRAFTS;
  return new Blob([`${MAGIC} ${version}\n${JSON.stringify(header)}\n`, ...bodies], { type: "application/octet-stream" });
}

/** What a file holds. Raises NotOpened for a wrong secret, SyntaxError for a file that is none, or is cut off. */
export async function unpacked(file: Blob, secret: string): Promise<{ who: Who; key: CryptoKey; pieces: SealedPiece[] }> {
  const { header, body } = await headerOf(file);
  const { place, salt, iterations, iv, bytes } = header.key;
  const wrapped: Wrapped = { salt: unbase64(salt), iterations, iv: unbase64(iv), bytes: unbase64(bytes).buffer };
  const key = await unwrap(wrapped, await wrappingFrom(secret, wrapped.salt, iterations), place).catch((error: unknown) => {
    throw error instanceof Damaged ? new NotOpened({ why: "wrong", left: Infinity }) : error;
  });
  const pieces: SealedPiece[] = [];
  let start = body;
  for (const { iv: nonce, size, ...piece } of header.pieces) {
    if (start + size > file.size) throw new SyntaxError("the file is cut off");
    pieces.push({ ...piece, sealed: { iv: unbase64(nonce), bytes: await file.slice(start, start + size).arrayBuffer() } });
    start += size;
  }
  const { device_id, username, server, made_at } = header;
  return { who: { device_id, username, server, made_at }, key, pieces };
}

async function headerOf(file: Blob): Promise<{ header: Header; body: number }> {
  const known = [WITHOUT_DRAFTS, WITH_DRAFTS].map((version) => `${MAGIC} ${version}\n`);
  const magic = known[0]!.length;
  if (!known.includes(await file.slice(0, magic).text())) throw new SyntaxError("not a file of work, or of a newer app");
  const end = await lineEnd(file, magic);
  const header = JSON.parse(await file.slice(magic, end).text()) as Header | null;
  if (header === null || !isHeader(header)) throw new SyntaxError("not a file of work");
  return { header, body: end + 1 };
}

/** More would keep the tablet busy for an hour: nobody has made such a file. */
const MOST_ITERATIONS = 10_000_000;

/** What is not sealed may have been written by anybody. */
function isHeader({ key, pieces }: Header): boolean {
  const within = (number: unknown, least: number, most: number) => Number.isSafeInteger(number) && (number as number) >= least && (number as number) <= most;
  return within(key?.iterations, 1, MOST_ITERATIONS) && Array.isArray(pieces) && pieces.every((one) => within(one?.size, 0, Number.MAX_SAFE_INTEGER));
}

const CHUNK = 1 << 16;

async function lineEnd(file: Blob, from: number): Promise<number> {
  for (let start = from; start < file.size; start += CHUNK) {
    const at = new Uint8Array(await file.slice(start, start + CHUNK).arrayBuffer()).indexOf(0x0a);
    if (at >= 0) return start + at;
  }
  throw new SyntaxError("the file is cut off");
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function unbase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new SyntaxError("not a file of work");
  }
}
