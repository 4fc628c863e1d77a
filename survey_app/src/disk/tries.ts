// How wrong secrets are counted, and what they cost: pure, for the clock of a tablet is whatever somebody sets it to.

/** `wait` milliseconds after `since` the next try is open. */
export type Tries = { count: number; since: number; wait: number };

export const NO_TRIES: Tries = { count: 0, since: 0, wait: 0 };

const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;

/** What the try number `count` costs if it is wrong: nothing for the free ones, then 30 s, twice as much each time. */
function waitAfter(count: number, free: number): number {
  return count < free ? 0 : Math.min(FIRST_WAIT * 2 ** (count - free), LONGEST_WAIT);
}

/** A clock that stands before the last try was set back: the wait begins again, so that it is never shorter, and never
 * longer than itself (a clock that was years ahead and is put right locks nobody out for years). */
export function rebased(tries: Tries, now: number): Tries {
  return now < tries.since ? { ...tries, since: now } : tries;
}

/** When the next try is open; not after `now`: it is. Of rebased tries. */
export const openAt = (tries: Tries): number => tries.since + tries.wait;

/** One more try, as if it were wrong: to be on the disk before it is made. */
export function counted(tries: Tries, now: number, free: number): Tries {
  const count = tries.count + 1;
  return { count, since: now, wait: waitAfter(count, free) };
}
