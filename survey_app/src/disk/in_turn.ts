// What reads, seals and writes again does so one after the other: sealing is not possible inside a transaction, so the
// transaction alone does not keep two of them apart.

const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Does the work when all that was asked before on this queue is done, well or not. */
export function inTurn<T>(owner: object, queue: string, work: () => Promise<T>): Promise<T> {
  const mine = queues.get(owner) ?? new Map<string, Promise<unknown>>();
  queues.set(owner, mine);
  const done = (mine.get(queue) ?? Promise.resolve()).then(work);
  mine.set(queue, done.catch(() => {}));
  return done;
}

/** When nothing is under way any more, nor was asked for meanwhile. */
export async function drained(owner: object): Promise<void> {
  const waiting = [...(queues.get(owner)?.values() ?? [])];
  await Promise.all(waiting);
  const now = [...(queues.get(owner)?.values() ?? [])];
  if (now.some((one) => !waiting.includes(one))) await drained(owner);
}

const SLICE_MS = 10;

/** A pause in long work whenever it has held the screen for a moment: `await breathe()` between its parts. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await new Promise((next) => setTimeout(next));
    since = performance.now();
  };
}

const AT_ONCE = 16;

/** The same for many, a few at a time and in order: each waits for WebCrypto, and the screen for none of them. */
export async function sideBySide<T, R>(all: T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  const breathe = breather();
  for (let first = 0; first < all.length; first += AT_ONCE) {
    done.push(...(await Promise.all(all.slice(first, first + AT_ONCE).map(work))));
    await breathe();
  }
  return done;
}
