// Locks the tablet when nobody has touched it for a while, also where it was put away with the screen off.

import { effect } from "@preact/signals";

import { idleMinutes } from "./idle_minutes.ts";
import { lock, session } from "./session.ts";

const LOOK_EVERY = 5_000;
/** A long first sync is not broken off for want of a finger, but a tablet left alone does not stay open for ever. */
const WHILE_SYNCING = 6;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "scroll", "touchmove"];

let touched = Date.now();

/** Watches as long as the page lives. */
export function watchIdle(): void {
  const alive = () => {
    if (late()) lock("idle");
    else touched = Date.now();
  };
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, alive, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY);
  effect(() => {
    if (session.value.at === "in") touched = Date.now();
  });
}

function late(): boolean {
  const now = session.peek();
  if (now.at !== "in") return false;
  const away = Date.now() - touched;
  const limit = idleMinutes.peek() * 60_000 * (now.tablet.syncing.peek() === null ? 1 : WHILE_SYNCING);
  // a clock that was set back would keep it open: then it is locked
  return away > limit || away < -60_000;
}

function look(): void {
  if (late()) lock("idle");
}
