// The tablet's line to the server: signed in, patient, and never in doubt about what an answer means. The twin of
// mobile_sync/tablet_line.py; its rules stand in docs/sync-protocol.md, "Bad lines".

import type { Problem } from "../wire.ts";
import { type Exchange, exchange, SILENT_MS } from "./exchange.ts";
import { backoff, LONGEST_PAUSE_MS, pause, retryAfter } from "./patience.ts";

const ATTEMPTS = 6;
const PASSES: readonly number[] = [429, 502, 503, 504];
const SIGNED_OUT: Problem = {
  type: "/problems/not-signed-in",
  title: "Chưa đăng nhập",
  status: 401,
  details: { vi: "Hãy đăng nhập lại để gửi và nhận.", en: "Sign in again to send and receive." },
};

/** The server has answered, and the answer is no. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Problem;
  constructor(status: number, problem: Problem) {
    super(`${status} ${problem.title}`);
    this.status = status;
    this.problem = problem;
  }
  get slug(): string {
    return this.problem.type.split("/").pop() ?? "";
  }
}

/** Nobody is signed in any more: the password is needed, or (slug device-revoked) the tablet was ended. */
export class SignedOut extends Refused {}

/** No answer after all attempts; `retryAfter` seconds where the server named them, else 0. Nothing left the outbox. */
export class Unreachable extends Error {
  readonly retryAfter: number;
  constructor(said: string, retryAfter = 0) {
    super(said);
    this.retryAfter = retryAfter;
  }
}

/** How a line is made: what is not given is the browser's. Tests give a clock that does not wait. */
export type LineOptions = {
  server: string;
  refreshToken: string | null;
  /** told before the old one is let go; the line waits for it */
  keepRefreshToken: (token: string) => Promise<void>;
  fetch?: typeof fetch;
  pause?: (milliseconds: number) => Promise<void>;
  attempts?: number;
  /** how long nothing may move on the line */
  silentMs?: number;
  /** the service is asked no further: the app was locked or wiped */
  signal?: AbortSignal;
};

export type Call = {
  query?: Record<string, string | number | null | undefined>;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
};

type Tokens = { access_token: string; refresh_token: string };

export class Line {
  readonly #server: string;
  readonly #keep: (token: string) => Promise<void>;
  readonly #pause: (milliseconds: number) => Promise<void>;
  readonly #attempts: number;
  readonly #exchange: Exchange;
  #access: string | null = null;
  #refresh: string | null;
  #renewing: Promise<void> | null = null;

  constructor(options: LineOptions) {
    this.#server = options.server.replace(/\/+$/, "");
    this.#refresh = options.refreshToken;
    this.#keep = options.keepRefreshToken;
    this.#pause = options.pause ?? ((milliseconds) => pause(milliseconds, options.signal));
    this.#attempts = options.attempts ?? ATTEMPTS;
    // called as a function of the window: a browser's fetch refuses to be anybody else's
    const send: typeof fetch = options.fetch ?? ((url, request) => fetch(url, request));
    this.#exchange = { send, silentMs: options.silentMs ?? SILENT_MS, ending: options.signal };
  }

  /** With the tablet's id, its pulls count as contact from the first call on. */
  async signIn(username: string, password: string, deviceId: string | null): Promise<void> {
    const form = new URLSearchParams({ username, password, ...(deviceId === null ? {} : { client_id: deviceId }) });
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    await this.#take(await this.#patiently("POST", "/api/v1/auth/token", { body: form.toString(), headers }));
  }

  /** The 2xx or 304 answer. Raises SignedOut, Refused, Unreachable. */
  async call(method: string, path: string, call: Call = {}): Promise<Response> {
    if (this.#access === null && this.#refresh === null) throw new SignedOut(401, SIGNED_OUT);
    const renewed = this.#access === null;
    if (renewed) await this.#renewed(null);
    const used = this.#access;
    const response = await this.#signed(method, path, call);
    if (renewed || this.#refresh === null || !(await hasExpired(response))) return good(response);
    await this.#renewed(used);
    return good(await this.#signed(method, path, call));
  }

  #signed(method: string, path: string, call: Call): Promise<Response> {
    return this.#patiently(method, path, { ...call, headers: { ...call.headers, Authorization: `Bearer ${this.#access}` } });
  }

  /** Once for all who ask at the same time: a refresh token that is used twice looks stolen. */
  async #renewed(instead: string | null): Promise<void> {
    if (this.#access !== instead) return;
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    // the answer may be lost: until we are seen to hold the next token, the server gives it for this one again
    await this.#take(await this.#patiently("POST", "/api/v1/auth/refresh", { json: { refresh_token: this.#refresh } }));
  }

  async #take(response: Response): Promise<void> {
    const tokens: Tokens = await (await good(response)).json();
    // on the disk first: a tablet that dies between the two must not leave the server with a token that nobody has
    await this.#keep(tokens.refresh_token);
    this.#access = tokens.access_token;
    this.#refresh = tokens.refresh_token;
  }

  async #patiently(method: string, path: string, call: Call): Promise<Response> {
    const url = addressOf(this.#server, path, call.query);
    const request = { method, ...sent(call) };
    let said = "";
    let asked = 0;
    for (let attempt = 0; attempt < this.#attempts && asked <= LONGEST_PAUSE_MS; attempt++) {
      if (attempt > 0) await this.#pause(asked + backoff(attempt - 1));
      if (this.#exchange.ending?.aborted) break;
      asked = 0;
      try {
        const response = await exchange(this.#exchange, url, request);
        if (!PASSES.includes(response.status)) return response;
        said = String(response.status);
        asked = retryAfter(response.headers);
      } catch (error) {
        // no line, half an answer, somebody else's answer
        said = String(error);
        if (typeof navigator !== "undefined" && navigator.onLine === false) break;
      }
    }
    throw new Unreachable(`${method} ${path}: ${said}`, Math.ceil(asked / 1000));
  }
}

function addressOf(server: string, path: string, query: Call["query"] = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) asked.set(name, String(value));
  }
  return asked.size === 0 ? server + path : `${server}${path}?${asked}`;
}

function sent({ json, body, headers }: Call): { body: BodyInit | null; headers: Record<string, string> } {
  if (json === undefined) return { body: body ?? null, headers: { ...headers } };
  return { body: JSON.stringify(json), headers: { "Content-Type": "application/json", ...headers } };
}

async function good(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  throw await problemOf(response);
}

async function hasExpired(response: Response): Promise<boolean> {
  return response.status === 401 && (await problemOf(response.clone())).slug === "not-signed-in";
}

/** Somebody on the way has answered (a proxy's page), or the server without its own words. */
const wordless = (status: number) => ({
  vi: `Máy chủ hoặc đường truyền chưa nhận (mã ${status}). Phiếu vẫn còn nguyên trên máy; máy sẽ tự thử lại.`,
  en: `The server, or the line to it, did not take this (code ${status}). All work is still on the tablet, which tries again by itself.`,
});

async function problemOf(response: Response): Promise<Refused> {
  const { status } = response;
  const told: Partial<Problem> | null = await response.json().catch(() => null);
  const problem = { type: "", title: "", status, ...(told?.title ? told : { details: wordless(status) }) };
  return status === 401 ? new SignedOut(status, problem) : new Refused(status, problem);
}
