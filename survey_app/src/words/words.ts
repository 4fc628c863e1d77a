// What the app says, in two languages: a list of keys for each feature. Words of the law and of forms are not here: they
// come with the reference data.

import { signal } from "@preact/signals";

import type { Words } from "../wire.ts";

export type Language = "vi" | "en";
export const language = signal<Language>("vi");

/** The text of a pair, in the language chosen; `{name}` is filled from `values`. */
export function say(words: Words, values: Record<string, string | number> = {}): string {
  return words[language.value].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A list of texts, typed: `const WORDS = texts({save: ["Lưu", "Save"]})`, then `say(WORDS.save)`. */
export function texts<Key extends string>(list: Record<Key, [vi: string, en: string]>): Record<Key, Words> {
  const entries = Object.entries(list) as [Key, [string, string]][];
  return Object.fromEntries(entries.map(([key, [vi, en]]) => [key, { vi, en }])) as Record<Key, Words>;
}
