// How much room the browser gives, and whether it has promised not to clear it away.

/** Asks that what lies here is never cleared to make room. false: the browser may, and the screens warn. */
export async function askToPersist(): Promise<boolean> {
  if (typeof navigator === "undefined" || navigator.storage?.persist === undefined) return false;
  return (await navigator.storage.persisted()) || (await navigator.storage.persist());
}

/** Chromium since 138 tells every site the same to hide who browses in private: what is used, and whole gibibytes more. */
const MADE_UP = 2 ** 30;

/** In bytes; `quota` null where the browser does not tell, or tells nothing of this tablet. */
export async function room(): Promise<{ used: number | null; quota: number | null; persisted: boolean }> {
  if (typeof navigator === "undefined" || navigator.storage?.estimate === undefined) return { used: null, quota: null, persisted: false };
  const [{ usage, quota }, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  const tells = usage !== undefined && quota !== undefined && (quota - usage) % MADE_UP !== 0;
  return { used: usage ?? null, quota: tells ? quota : null, persisted };
}
