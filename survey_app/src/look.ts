// How the app looks to whoever holds the tablet: language and size of the letters. Known before anybody unlocks.

import { effect, signal } from "@preact/signals";

import { language, type Language } from "./words/words.ts";

export type Size = "normal" | "large" | "largest";
export const size = signal<Size>("normal");

const KEY = "giamngheo-look";

export function readLook(): void {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as { language?: Language; size?: Size };
    if (kept.language === "en") language.value = "en";
    if (kept.size !== undefined) size.value = kept.size;
  } catch {
    // a spoilt value is no reason not to start
  }
  effect(() => {
    document.documentElement.lang = language.value;
    document.documentElement.dataset.size = size.value;
    try {
      localStorage.setItem(KEY, JSON.stringify({ language: language.value, size: size.value }));
    } catch {
      // the look is not kept; the work is elsewhere
    }
  });
}
