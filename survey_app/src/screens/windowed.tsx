// A long list of lines of one height: only those in sight are drawn, and then some beyond. The height of a line is what
// the first one has.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Drawn above and below what is in sight, so that a swipe shows no white; of another list only after its first picture. */
const BEYOND = 8;
/** No later than this, also where the browser never rests. */
const BEYOND_MS = 200;
/** What is in sight is reckoned in steps, so that most scroll events draw nothing. */
const STEP = 4;
const UNMEASURED = 24;
/** Of a line, when one was drawn last: a list that is shown again is as long as it was, and stands where it was left. */
let known = 0;

type Props<Item> = { label: string; items: Item[]; keyOf: (item: Item) => string; line: (item: Item) => ComponentChildren };

export function Windowed<Item>({ label, items, keyOf, line }: Props<Item>): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const height = useHeight(list, items.length === 0);
  const [first, last] = useSight(list, height, items.length);
  const beyond = useBeyond(label);
  const from = Math.max(0, Math.min(first - beyond, items.length - (last - first)));
  const drawn = items.slice(from, last + beyond);
  const room = { paddingTop: px(from * height), paddingBottom: px(Math.max(0, items.length - from - drawn.length) * height) };
  return (
    <ul ref={list} class="rows windowed" aria-label={label} style={room}>
      {drawn.map((item, place) => (
        <li key={keyOf(item)} aria-setsize={items.length} aria-posinset={from + place + 1}>{line(item)}</li>
      ))}
    </ul>
  );
}

// a number alone is no length to the browser, and the list would be as high as what is drawn of it
const px = (length: number): string => `${length}px`;

type List = { current: HTMLUListElement | null };

/** Of a line; 0: not known yet. */
function useHeight(list: List, empty: boolean): number {
  const [height, setHeight] = useState(known);
  useLayoutEffect(() => {
    const measure = () => setHeight((known = list.current?.querySelector("li")?.getBoundingClientRect().height ?? known));
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [empty]);
  return height;
}

/** The lines in sight: from the first to before the last. */
function useSight(list: List, height: number, count: number): [first: number, last: number] {
  const [sight, setSight] = useState(() => [0, height > 0 ? Math.ceil(innerHeight / height) : UNMEASURED] as [number, number]);
  useEffect(() => {
    const look = () => {
      if (height === 0) return;
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / height / STEP) * STEP);
      const last = Math.max(first + STEP, Math.ceil((innerHeight - top) / height / STEP) * STEP);
      setSight((before) => (before[0] === first && before[1] === last ? before : [first, last]));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [height, count]);
  return sight;
}

/** How many are drawn on either side: none in the first picture of a list, which answers a press. */
function useBeyond(label: string): number {
  const [around, setAround] = useState<string | null>(null);
  useEffect(() => {
    const idle = "requestIdleCallback" in globalThis;
    const soon = () => setAround(label);
    const asked = idle ? requestIdleCallback(soon, { timeout: BEYOND_MS }) : setTimeout(soon, BEYOND_MS);
    return () => (idle ? cancelIdleCallback(asked as number) : clearTimeout(asked));
  }, [label]);
  return around === label ? BEYOND : 0;
}
