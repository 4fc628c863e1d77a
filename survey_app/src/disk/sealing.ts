// What lies on the device is sealed: AES-GCM with a key that only a PIN or the password opens. WebCrypto only.

const ALGORITHM = "AES-GCM";
const IV_BYTES = 12;

/** Sealed bytes. Their place is sealed with them: a blob moved to another place does not open. */
export type Sealed = { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer };

/** The bytes are not what was sealed, or lay elsewhere. */
export class Damaged extends Error {
  readonly place: string;
  constructor(place: string) {
    super(`damaged: ${place}`);
    this.place = place;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export async function sealJson(key: CryptoKey, place: string, value: unknown): Promise<Sealed> {
  return sealBytes(key, place, encoder.encode(JSON.stringify(value)));
}

/** Raises Damaged where the bytes are not what was sealed, or lay elsewhere. */
export async function openJson<T>(key: CryptoKey, place: string, sealed: Sealed): Promise<T> {
  return JSON.parse(decoder.decode(await openBytes(key, place, sealed))) as T;
}

export async function sealBytes(key: CryptoKey, place: string, bytes: BufferSource): Promise<Sealed> {
  // random, for nothing on a disk that may be copied and put back counts reliably; 2^32 of them are safe with one key
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return { iv, bytes: await crypto.subtle.encrypt(bound(place, iv), key, bytes) };
}

/** Raises Damaged. */
export async function openBytes(key: CryptoKey, place: string, sealed: Sealed): Promise<ArrayBuffer> {
  try {
    return await crypto.subtle.decrypt(bound(place, sealed.iv), key, sealed.bytes);
  } catch {
    throw new Damaged(place);
  }
}

/** How the place is bound to what is sealed there. */
export function bound(place: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: ALGORITHM, iv, additionalData: encoder.encode(place) };
}
