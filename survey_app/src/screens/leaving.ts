// The way out of a form: back to where one came from, a review or a household, and only for who still stands at it.

import { goInstead } from "./route.ts";

// How often a screen was left: the address tells of it only when the browser has gone back.
let departures = 0;
if (typeof window !== "undefined") window.addEventListener("hashchange", () => departures++);

/** Back; to `fallback` where the app was opened at this very screen. */
export function leaveTo(...fallback: string[]): void {
  departures++;
  if (history.length > 1) history.back();
  else goInstead(...fallback);
}

/** Leaves this screen once something is written, unless whoever saved it went elsewhere meanwhile: nobody is sent back twice. */
export function ifStillHere(leave: () => void): () => void {
  const here = location.hash;
  const before = departures;
  return () => {
    if (location.hash === here && departures === before) leave();
  };
}
