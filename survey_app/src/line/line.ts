// The tablet's line to the server: signed in, patient, and never in doubt about what an answer means. The twin of
// mobile_sync/tablet_line.py; its rules stand in docs/sync-protocol.md, "Bad lines".

import type { Problem } from "../wire.ts";

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
  /** the service is asked no further: the app was locked or wiped */
  signal?: AbortSignal;
};

export type Call = { query?: Record<string, string | number | null | undefined>; json?: unknown; body?: BodyInit; headers?: Record<string, string> };

export class Line {
  constructor(_options: LineOptions) {}

  /** With the tablet's id, its pulls count as contact from the first call on. */
  async signIn(_username: string, _password: string, _deviceId: string | null): Promise<void> {
    throw new Error("to be built");
  }

  /** The 2xx or 304 answer. Raises SignedOut, Refused, Unreachable. */
  async call(_method: string, _path: string, _call: Call = {}): Promise<Response> {
    throw new Error("to be built");
  }
}
