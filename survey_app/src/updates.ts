// A new build is offered, and taken only when no form is open and nothing is being sent. Then the page loads again.

import { signal } from "@preact/signals";

import { route } from "./screens/route.ts";
import { session } from "./session.ts";

/** The build that waits. */
export const waiting = signal<ServiceWorker | null>(null);

const EVERY = 60 * 60_000;
/** Screens of a household that only show; all others of its routes are forms. */
const SHOWING = ["", "outbox", "settings", "officer", "drafts", "sync"];
let asked = false;

export function watchUpdates(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
  });
  void navigator.serviceWorker.register("sw.js", { updateViaCache: "none" }).then(watch, () => undefined);
}

function watch(registration: ServiceWorkerRegistration): void {
  const offer = () => {
    // without a controller it is the first build, which takes over by itself
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null) waiting.value = registration.waiting;
  };
  offer();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  const ask = () => void registration.update().catch(() => undefined);
  setInterval(ask, EVERY);
  addEventListener("online", ask);
}

/** Is a half-filled form on the screen? */
export function formOpen(parts: string[] = route.value): boolean {
  const [first = "", ...rest] = parts;
  if (first === "household") return rest.length !== 1;
  return !SHOWING.includes(first);
}

export function mayUpdate(): boolean {
  const now = session.value;
  return now.at !== "opening" && (now.at !== "in" || (!formOpen() && now.tablet.syncing.value === null));
}

export function update(): void {
  if (waiting.value === null || !mayUpdate()) return;
  asked = true;
  waiting.value.postMessage("activate");
}
