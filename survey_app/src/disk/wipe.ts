// The end of a profile on this tablet: it was revoked, or its surveyor leaves.
//
// Wiped is without anybody's secret, so nothing can be opened or sealed anew here. What was not sent is therefore left
// as it lies: its rows, half-filled forms and photos, sealed by the data key, and that key wrapped by the password. All
// else goes: the PIN's wrapping (a PIN can be tried out by whoever copies the disk), records, tokens. ways_out.ts makes
// the file of it that the password opens. Where nothing waits, nothing is left.

import { deleteDB, openDB } from "idb";

import { closeDatabases, profileDatabase, type Stores } from "./database.ts";
import { changeEntry, dropEntry, entries } from "./directory.ts";

const LEFT: readonly string[] = ["outbox", "files", "drafts"];

/** Wipes a profile: key, records, tokens. What was not sent yet, or not finished, is kept as a sealed file that the password
 * opens (ways_out.ts), and only that. Killed in between, it is finished by `finishWipes`. */
export async function wipe(profileId: string): Promise<void> {
  const now = new Date().toISOString();
  const known = await changeEntry(profileId, (one) => ({ ...one, pin: null, wiped_at: one.wiped_at ?? now }));
  if (known !== null) await clear(profileId);
}

/** Asked at the start of the app: a wipe that was cut off goes on. */
export async function finishWipes(): Promise<void> {
  for (const one of await entries()) if (one.wiped_at !== null) await clear(one.id);
}

async function clear(profileId: string): Promise<void> {
  const name = profileDatabase(profileId);
  closeDatabases(name);
  // whatever version it has: a database of a newer build is wiped too
  const db = await openDB<Stores>(name, undefined, { blocking: () => db.close() });
  const stores = [...db.objectStoreNames];
  const waits = stores.includes("outbox") && (await isWaiting(db));
  const gone = stores.filter((one) => !LEFT.includes(one));
  if (waits && gone.length > 0) {
    const writing = db.transaction(gone, "readwrite", { durability: "strict" });
    await Promise.all([...gone.map((one) => writing.objectStore(one).clear()), writing.done]);
  }
  db.close();
  if (waits) return;
  await deleteDB(name);
  await dropEntry(profileId);
}

/** Work that no receipt has named, a form that is half filled in, or a photo that is not durable on the server. */
async function isWaiting(db: Awaited<ReturnType<typeof openDB<Stores>>>): Promise<boolean> {
  for (const store of ["files", "drafts"] as const) if ((await db.count(store)) > 0) return true;
  for (let row = await db.transaction("outbox").store.openCursor(); row; row = await row.continue()) {
    if (row.value.due !== false) return true;
  }
  return false;
}
