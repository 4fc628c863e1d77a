// What an officer's tablet asks of the server itself, with a line: conflicts, what waits, the fleet. Not kept on the disk.

import type { Data, Entity, Instant, Outcome, Problem, Uuid, Words } from "../wire.ts";
import { type Line, Refused } from "./line.ts";

const PAGE = 200;

export type Clash = { base: unknown; server: unknown; device: unknown };
/** `fields` of one that was handed over: the names, without values. */
export type Conflict = {
  id: Uuid;
  entity: Entity;
  record_id: Uuid;
  submission_id: Uuid;
  fields: Record<string, Clash | null>;
  handed_over: boolean;
  opened_at: Instant;
};

export type WaitingSubmission = {
  submission_id: Uuid;
  entity: Entity;
  record_id: Uuid | null;
  outcome: Outcome["outcome"];
  username: string;
  device_name: string;
  recorded_at: Instant | null;
  received_at: Instant;
  waiting_for: Uuid | null;
  problem: Problem | null;
  handed_over: boolean;
  why: Words;
};

export type FleetLine = {
  id: Uuid;
  name: string;
  username: string;
  full_name: string;
  /** of code list `tablet_state` */
  state: string;
  /** of code list `stuck_because` */
  stuck_because: string[];
  app_version: string | null;
  form_version: string | null;
  enrolled_at: Instant;
  revoked_at: Instant | null;
  last_contact_at: Instant | null;
  silent_days: number;
  pending: number | null;
  unsent_days: number | null;
  clock_skew_seconds: number | null;
  clock_wrong: boolean;
  held: number;
  quarantined: number;
  in_conflict: number;
  /** not in force, and in days the tablet has not asked for the outcome */
  unread: number;
};

type Page<Item> = { items: Item[]; next_cursor: string | null };

/** Which of the officer's screens the account may see: asked of the server, never guessed from a role. */
export async function officerDoors(line: Line): Promise<{ conflicts: boolean; waiting: boolean; fleet: boolean }> {
  const doors = ["/sync/v1/conflicts", "/sync/v1/submissions/waiting", "/sync/v1/devices"];
  const [conflicts, waiting, fleet] = await Promise.all(doors.map((path) => opens(line, path)));
  return { conflicts: conflicts!, waiting: waiting!, fleet: fleet! };
}

async function opens(line: Line, path: string): Promise<boolean> {
  try {
    await line.call("GET", path, { query: { limit: 1 } });
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 403) return false;
    throw error;
  }
}

/** The open ones, the oldest first. */
export async function conflicts(line: Line): Promise<Conflict[]> {
  return (await line.call("GET", "/sync/v1/conflicts", { query: { limit: 1000 } })).json();
}

/** Raises Refused: decided by somebody else, changed meanwhile (`conflict`, in its words), values that do not fit. */
export async function resolve(
  line: Line, id: Uuid, choice: "server" | "device" | "values", values: Data | null, reason: string,
): Promise<void> {
  await line.call("POST", `/sync/v1/conflicts/${id}/resolution`, { json: { choice, values, reason } });
}

export type WaitingKind = "held" | "quarantined" | "rejected-retryable";

export async function waiting(line: Line, outcome: WaitingKind): Promise<WaitingSubmission[]> {
  return all(line, "/sync/v1/submissions/waiting", { outcome });
}

/** One of them with what was sent; null where the record has left the officer's areas. */
export async function sentData(line: Line, submissionId: Uuid): Promise<Data | null> {
  const told: { data: Data | null } = await (await line.call("GET", `/sync/v1/submissions/${submissionId}`)).json();
  return told.data;
}

export async function retry(line: Line, submissionId: Uuid): Promise<Outcome> {
  return (await line.call("POST", `/sync/v1/submissions/${submissionId}/retry`)).json();
}

export async function refuse(line: Line, submissionId: Uuid, reason: string): Promise<Outcome> {
  return (await line.call("POST", `/sync/v1/submissions/${submissionId}/refusal`, { json: { reason } })).json();
}

export async function fleet(line: Line): Promise<FleetLine[]> {
  return all(line, "/sync/v1/devices", {});
}

async function all<Item>(line: Line, path: string, query: Record<string, string>): Promise<Item[]> {
  const found: Item[] = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const page: Page<Item> = await (await line.call("GET", path, { query: { ...query, limit: PAGE, cursor } })).json();
    found.push(...page.items);
    cursor = page.next_cursor;
  }
  return found;
}
