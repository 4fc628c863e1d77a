// One window at a time: two windows on one draft are two answers under one id.

import { signal } from "@preact/signals";

/** "elsewhere": another window has the tablet; this one gets it when that one closes. */
export const place = signal<"asking" | "here" | "elsewhere">("asking");

const NAME = "giamngheo-window";

export function takePlace(): void {
  const keep = () => {
    place.value = "here";
    return new Promise<never>(() => undefined);
  };
  void navigator.locks.request(NAME, { ifAvailable: true }, (lock) => {
    if (lock !== null) return keep();
    place.value = "elsewhere";
    void navigator.locks.request(NAME, keep);
    return undefined;
  });
}
