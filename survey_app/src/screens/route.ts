// Where the surveyor is: the part of the address behind #, so that Back of the tablet goes back and nothing is loaded.

import { signal } from "@preact/signals";

/** "household/0190…/edit" -> ["household", "0190…", "edit"] */
export const route = signal<string[]>(parsed());

function parsed(): string[] {
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

if (typeof window !== "undefined") window.addEventListener("hashchange", () => (route.value = parsed()));
