// One request and its whole answer. It is given up when nothing moves on the line, never because it takes long: 32 kbit/s
// are slow, not broken.

export const SILENT_MS = 60_000;
/** The slowest line that is waited for, 8 kbit/s: what was "sent" may still stand in the buffers of the modem. */
const SLOWEST_BYTES_PER_MS = 1;
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

/** Somebody in between has answered, or only half of an answer came: whatever it says, it is no receipt. */
export class NotAnswered extends Error {}

export type Exchange = { send: typeof fetch; silentMs: number; ending: AbortSignal | undefined };

/** The answer with all its bytes. Raises whatever fetch raises, and NotAnswered. */
export async function exchange(line: Exchange, url: string, request: RequestInit): Promise<Response> {
  const giveUp = new AbortController();
  const end = () => giveUp.abort(line.ending?.reason);
  line.ending?.addEventListener("abort", end, { once: true });
  let silence: ReturnType<typeof setTimeout> | undefined;
  const moved = (patience: number) => {
    clearTimeout(silence);
    silence = setTimeout(() => giveUp.abort(new NotAnswered("nothing moves on the line")), patience);
  };
  try {
    moved(line.silentMs + sizeOf(request.body) / SLOWEST_BYTES_PER_MS);
    const options = { ...request, cache: "no-store", credentials: "omit", redirect: "manual", signal: giveUp.signal } as const;
    const response = await line.send(url, options);
    const bytes = await allOf(response, () => moved(line.silentMs));
    return checked(response, bytes);
  } finally {
    clearTimeout(silence);
    line.ending?.removeEventListener("abort", end);
  }
}

function sizeOf(body: BodyInit | null | undefined): number {
  // a letter of Vietnamese takes up to three bytes
  if (typeof body === "string") return body.length * 3;
  if (body instanceof Blob) return body.size;
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : 0;
}

async function allOf(response: Response, moved: () => void): Promise<Uint8Array<ArrayBuffer>> {
  moved();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    moved();
    pieces.push(next.value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** A copy that can be read. Every answer of the server carries a trace id; a proxy's "too large" is believed too. */
function checked(response: Response, bytes: Uint8Array<ArrayBuffer>): Response {
  const { status, headers } = response;
  const elsewhere = response.type === "opaqueredirect" || (status >= 300 && status < 400 && status !== 304);
  const passing = status === 413 || status === 429 || status >= 502;
  if (elsewhere || (!headers.has("X-Trace-Id") && !passing)) {
    throw new NotAnswered(`${status} ${headers.get("Content-Type")}: not the server's answer`);
  }
  if (headers.has("X-Trace-Id") && headers.get("Content-Type")?.includes("json")) whole(bytes);
  return new Response(WITHOUT_BODY.includes(status) ? null : bytes, { status, headers });
}

/** Not every browser tells that a packed answer ended in the middle. */
function whole(bytes: Uint8Array<ArrayBuffer>): void {
  if (bytes.length === 0) return;
  try {
    JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new NotAnswered("half an answer");
  }
}
