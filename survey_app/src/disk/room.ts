// How much room the browser gives, and whether it has promised not to clear it away.

/** Asks that what lies here is never cleared to make room. false: the browser may, and the screens warn. */
export async function askToPersist(): Promise<boolean> {
  if (typeof navigator === "undefined" || navigator.storage?.persist === undefined) return false;
  return (await navigator.storage.persisted()) || (await navigator.storage.persist());
}

/** In bytes; null where the browser does not tell. */
export async function room(): Promise<{ used: number | null; quota: number | null; persisted: boolean }> {
  if (typeof navigator === "undefined" || navigator.storage?.estimate === undefined) return { used: null, quota: null, persisted: false };
  const [{ usage, quota }, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  return { used: usage ?? null, quota: quota ?? null, persisted };
}
