// What lies on the device is sealed: AES-GCM with a key that only a PIN or the password opens. WebCrypto only.

/** Sealed bytes. Their place is sealed with them: a blob moved to another place does not open. */
export type Sealed = { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer };

export async function sealJson(_key: CryptoKey, _place: string, _value: unknown): Promise<Sealed> {
  throw new Error("to be built");
}

/** Raises Damaged where the bytes are not what was sealed, or lay elsewhere. */
export async function openJson<T>(_key: CryptoKey, _place: string, _sealed: Sealed): Promise<T> {
  throw new Error("to be built");
}

export async function sealBytes(_key: CryptoKey, _place: string, _bytes: BufferSource): Promise<Sealed> {
  throw new Error("to be built");
}

export async function openBytes(_key: CryptoKey, _place: string, _sealed: Sealed): Promise<ArrayBuffer> {
  throw new Error("to be built");
}
