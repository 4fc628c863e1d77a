// What an officer's tablet asks of the server itself, with a line: conflicts, what waits, the fleet. Not kept on the disk.

import type { Line } from "./line.ts";
import type { Data, Entity, Instant, Outcome, Uuid, Words } from "../wire.ts";

export type Conflict = { id: Uuid; entity: Entity; record_id: Uuid; submission_id: Uuid; fields: Record<string, { base: unknown; server: unknown; device: unknown }>; opened_at: Instant; handed_over?: boolean };
export type WaitingSubmission = { submission_id: Uuid; entity: Entity; id: Uuid; outcome: string; why: Words; username?: string; device_name?: string; received_at?: Instant; handed_over?: boolean; problem?: Outcome["problem"] };
export type FleetLine = Data & { device_id: Uuid; name: string };

/** Which of the officer's screens the account may see: asked of the server, never guessed from a role. */
export async function officerDoors(_line: Line): Promise<{ conflicts: boolean; waiting: boolean; fleet: boolean }> {
  throw new Error("to be built");
}

export async function conflicts(_line: Line): Promise<Conflict[]> {
  throw new Error("to be built");
}

export async function resolve(_line: Line, _id: Uuid, _choice: "server" | "device" | "values", _values: Data | null, _reason: string): Promise<void> {
  throw new Error("to be built");
}

export async function waiting(_line: Line, _outcome: "held" | "quarantined" | "rejected-retryable"): Promise<WaitingSubmission[]> {
  throw new Error("to be built");
}

export async function retry(_line: Line, _submissionId: Uuid): Promise<Outcome> {
  throw new Error("to be built");
}

export async function refuse(_line: Line, _submissionId: Uuid, _reason: string): Promise<Outcome> {
  throw new Error("to be built");
}

export async function fleet(_line: Line): Promise<FleetLine[]> {
  throw new Error("to be built");
}
