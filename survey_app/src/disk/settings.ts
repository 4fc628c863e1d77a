// Small sealed values of a profile.

import { inTurn } from "./in_turn.ts";
import { Damaged, openJson, sealJson } from "./sealing.ts";
import type { Opened } from "./vault.ts";
import { write } from "./writing.ts";

export const settingPlace = (name: string): string => `settings:${name}`;

/** null also where the disk has spoilt it: every setting is one that can be asked for again. */
export async function setting<T>(opened: Opened, name: string): Promise<T | null> {
  const sealed = await opened.db.get("settings", name);
  if (sealed === undefined) return null;
  try {
    return await openJson<T>(opened.key, settingPlace(name), sealed);
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

/** null forgets it. On the disk when it returns: a refresh token that is lost is a password typed again. The last one
 * asked for is the one that stays. */
export async function setSetting(opened: Opened, name: string, value: unknown): Promise<void> {
  await inTurn(opened, "settings", async () => {
    const gone = value === null || value === undefined;
    const sealed = gone ? null : await sealJson(opened.key, settingPlace(name), value);
    await write(opened.db, ["settings"], (writing) => {
      const settings = writing.objectStore("settings");
      return sealed === null ? settings.delete(name) : settings.put(sealed, name);
    });
  });
}
