// Small sealed values of a profile.

import type { Opened } from "./vault.ts";

export async function setting<T>(_opened: Opened, _name: string): Promise<T | null> {
  throw new Error("to be built");
}

/** null forgets it. */
export async function setSetting(_opened: Opened, _name: string, _value: unknown): Promise<void> {
  throw new Error("to be built");
}
