// The data key of a profile, and how a secret that a person knows wraps it.

import { bound, Damaged } from "./sealing.ts";

/** May rise: how many a wrapping was made with stands beside it, and unlocking makes it anew (vault.ts). */
export const ITERATIONS = 600_000;

const SALT_BYTES = 16;
const IV_BYTES = 12;
const DATA_KEY: AesKeyGenParams = { name: "AES-GCM", length: 256 };

/** A data key on the disk: only the secret opens it. */
export type Wrapped = { salt: Uint8Array<ArrayBuffer>; iterations: number; iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer };

/** A key made from a secret. It wraps and unwraps, and cannot be read. */
export type Wrapping = { key: CryptoKey; salt: Uint8Array<ArrayBuffer>; iterations: number };

/** A new random key that can be wrapped: to be let go as soon as it is. */
export const newDataKey = (): Promise<CryptoKey> => crypto.subtle.generateKey(DATA_KEY, true, ["encrypt", "decrypt"]);

export async function wrappingFrom(secret: string, salt?: Uint8Array<ArrayBuffer>, iterations = ITERATIONS): Promise<Wrapping> {
  const used = salt ?? crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  // the same words, whatever keyboard they were typed on
  const typed = new TextEncoder().encode(secret.normalize("NFKC"));
  const known = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const derived = { name: "PBKDF2", hash: "SHA-256", salt: used, iterations };
  const key = await crypto.subtle.deriveKey(derived, known, DATA_KEY, false, ["wrapKey", "unwrapKey"]);
  return { key, salt: used, iterations };
}

export async function wrap(dataKey: CryptoKey, wrapping: Wrapping, place: string): Promise<Wrapped> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const bytes = await crypto.subtle.wrapKey("raw", dataKey, wrapping.key, bound(place, iv));
  return { salt: wrapping.salt, iterations: wrapping.iterations, iv, bytes };
}

/** The data key. `readable` only for the moment in which it is wrapped again. Raises Damaged for another secret. */
export async function unwrap(wrapped: Wrapped, wrapping: Wrapping, place: string, readable = false): Promise<CryptoKey> {
  const { iv, bytes } = wrapped;
  try {
    return await crypto.subtle.unwrapKey("raw", bytes, wrapping.key, bound(place, iv), DATA_KEY, readable, ["encrypt", "decrypt"]);
  } catch {
    throw new Damaged(place);
  }
}
