// After how many minutes without a touch the tablet locks itself: the surveyor's own setting.

import { signal } from "@preact/signals";

export const IDLE_CHOICES = [2, 5, 10, 15];
const AT_FIRST = 5;

export const idleMinutes = signal(AT_FIRST);

/** null: as everybody begins. */
export function lockAfter(minutes: number | null): void {
  idleMinutes.value = minutes !== null && IDLE_CHOICES.includes(minutes) ? minutes : AT_FIRST;
}
