// What a press does on the disk, once at a time; where the disk refuses, the screen says so.

import { useState } from "preact/hooks";

import { said } from "../words/said.ts";

/** `fault`: why the last one failed, in words. */
export function useAttempt(): { attempt: (work: () => Promise<unknown>) => void; busy: boolean; fault: string | null } {
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = (work: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setFault(null);
    work().catch((error: unknown) => setFault(said(error))).finally(() => setBusy(false));
  };
  return { attempt, busy, fault };
}
