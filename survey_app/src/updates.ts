// A new build is offered, and taken only when no form is open and nothing is being sent. Then the page loads again.

import { signal } from "@preact/signals";

import { isForm } from "./screens/household/screens.tsx";
import { route } from "./screens/route.ts";
import { session } from "./session.ts";

/** The build that waits. */
export const waiting = signal<ServiceWorker | null>(null);

const EVERY = 60 * 60_000;
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

/** No form is on the screen, and nothing is on its way to the server. */
export function mayUpdate(): boolean {
  const now = session.value;
  return now.at !== "opening" && (now.at !== "in" || (!isForm(route.value) && now.tablet.syncing.value === null));
}

export function update(): void {
  if (waiting.value === null || !mayUpdate()) return;
  asked = true;
  waiting.value.postMessage("activate");
}
