// Where the surveyor is: the part of the address behind #, so that Back of the tablet goes back and nothing is loaded.

import { signal } from "@preact/signals";

/** "household/0190…/edit" -> ["household", "0190…", "edit"] */
export const route = signal<string[]>(named());

/** What the address names this moment; the signal follows. */
export function named(): string[] {
  if (typeof location === "undefined") return [];
  try {
    return location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    // cut off in the middle of a letter: the app starts all the same
    return [];
  }
}

export function go(...parts: string[]): void {
  location.hash = "/" + parts.map(encodeURIComponent).join("/");
}

/** Instead of the page before: Back must not lead into a form that was sent. */
export function goInstead(...parts: string[]): void {
  location.replace("#/" + parts.map(encodeURIComponent).join("/"));
}

/** The address alone is changed, at once and without a page more to go back to: nobody is in, so it names nothing. */
export function stand(...parts: string[]): void {
  history.replaceState(null, "", "#/" + parts.map(encodeURIComponent).join("/"));
  route.value = parts;
}

if (typeof window !== "undefined") window.addEventListener("hashchange", () => (route.value = named()));
