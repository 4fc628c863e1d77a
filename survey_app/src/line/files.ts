// Photos and signatures are sent on their own, piece by piece: records never wait for them. The twin of
// mobile_sync/tablet_files.py. A file is let go when the server says that it is durable, and not before.

import { isAwaited, letOrphanGo } from "../actions/files.ts";
import { fileContent, keptFiles, letFileGo } from "../disk/files.ts";
import { setting, setSetting } from "../disk/settings.ts";
import type { Tablet } from "../tablet.ts";
import type { Attachment, AttachmentState, Info, Problem } from "../wire.ts";
import { Refused, type Line } from "./line.ts";

/** Of two tries the second starts from nothing: more of them would not make a wrong file right. */
const TRIES = 2;
/** What the server has whole is asked about again only after this: backups are made by night. */
const ASK_AGAIN_MS = 6 * 3_600_000;

/** `complete`: the server has it, and no backup of the server yet. `waiting`: its record is not in force there yet.
 * `damaged`: this disk has spoilt it. `refused`: the server's `problem` says why. */
export type FileState = "durable" | "complete" | "waiting" | "damaged" | "refused";
export type SentFile = { sha256: string; state: FileState; problem: Problem | null };

/** What the server was seen to have whole, and when: of this epoch (a pull that starts again forgets it). */
type Asked = { epoch: string; at: Record<string, number> };

/** Sends what is kept, file by file. Raises Unreachable (all of it stays) and what the sign-in refuses. */
export async function sendFiles(tablet: Tablet, info: Info, tell: (done: number, all: number) => void): Promise<SentFile[]> {
  const kept = await keptFiles(tablet.opened);
  const due = await notAsked(tablet, kept, info.epoch);
  const sent: SentFile[] = [];
  for (const said of due) {
    tell(sent.length, due.length);
    const one = await sendFile(tablet, said, info.attachment_chunk_bytes);
    if (one.state === "durable" && isAwaited(tablet, one.sha256)) one.state = "waiting";
    if (one.state === "durable") await letFileGo(tablet.opened, one.sha256);
    if (one.state === "complete") await note(tablet, one.sha256, info.epoch);
    if (one.state === "waiting" && (await letOrphanGo(tablet, one.sha256))) continue;
    sent.push(one);
  }
  return sent;
}

async function notAsked({ opened }: Tablet, kept: Attachment[], epoch: string): Promise<Attachment[]> {
  const asked = await setting<Asked>(opened, "files_asked");
  if (asked?.epoch !== epoch) return kept;
  const now = Date.now();
  // a clock that was set back asks once more
  return kept.filter(({ sha256 }) => !(now - (asked.at[sha256] ?? 0) < ASK_AGAIN_MS && now >= (asked.at[sha256] ?? 0)));
}

async function note({ opened }: Tablet, sha256: string, epoch: string): Promise<void> {
  const asked = await setting<Asked>(opened, "files_asked");
  const still = new Set((await keptFiles(opened)).map((said) => said.sha256));
  const before = Object.entries(asked?.epoch === epoch ? asked.at : {}).filter(([sha]) => still.has(sha));
  await setSetting(opened, "files_asked", { epoch, at: { ...Object.fromEntries(before), [sha256]: Date.now() } });
}

async function sendFile(tablet: Tablet, said: Attachment, chunk: number): Promise<SentFile> {
  const { sha256 } = said;
  const content = await fileContent(tablet.opened, sha256);
  if (content === null || (await hashOf(content)) !== sha256) return { sha256, state: "damaged", problem: null };
  let problem: Problem | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return { sha256, state: await pieces(tablet.line, sha256, content, chunk), problem: null };
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401 || error.status === 403) throw error;
      if (error.slug === "not-found") return { sha256, state: "waiting", problem: null };
      problem = error.problem;
      if (error.slug !== "hash-mismatch") break;
    }
  }
  return { sha256, state: "refused", problem };
}

async function pieces(line: Line, sha256: string, content: Uint8Array<ArrayBuffer>, chunk: number): Promise<FileState> {
  const path = `/sync/v1/attachments/${sha256}`;
  let told: Stand = await (await line.call("GET", path)).json();
  while (!told.complete) {
    const start = Math.min(told.received, content.length);
    told = await piece(line, path, start, content.slice(start, start + chunk));
    // a record declares more bytes than the file has: nothing is left to send
    if (start === content.length && told.received >= start && !told.complete) return "waiting";
  }
  return told.durable ? "durable" : "complete";
}

type Stand = Pick<AttachmentState, "received" | "complete" | "durable">;

async function piece(line: Line, path: string, start: number, body: Uint8Array<ArrayBuffer>): Promise<Stand> {
  const headers = { "Content-Type": "application/octet-stream" };
  try {
    return await (await line.call("PUT", path, { query: { offset: start }, body, headers })).json();
  } catch (error) {
    // the answer to an earlier piece was lost, or a cut piece was sent again: the server says where it stands
    const received = error instanceof Refused && error.slug === "wrong-offset" ? Number(error.problem.received) : start;
    if (received === start) throw error;
    return { received, complete: false, durable: false };
  }
}

async function hashOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(hashed, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
