// A long list of lines of one height: only those in sight are drawn. The height of a line is what the first one has.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Drawn above and below what is in sight, so that a swipe shows no white. */
const BEYOND = 8;
const UNMEASURED = 24;
/** Of a line, when one was drawn last: a list that is shown again is as long as it was, and stands where it was left. */
let known = 0;

type Props<Item> = { label: string; items: Item[]; keyOf: (item: Item) => string; line: (item: Item) => ComponentChildren };

export function Windowed<Item>({ label, items, keyOf, line }: Props<Item>): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const [height, setHeight] = useState(known);
  const [first, setFirst] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setHeight((known = list.current?.querySelector("li")?.getBoundingClientRect().height ?? known));
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, [items.length === 0]);
  useEffect(() => {
    const look = () => {
      const top = list.current?.getBoundingClientRect().top ?? 0;
      // in steps, so that most scroll events draw nothing
      if (height > 0) setFirst(Math.max(0, Math.floor(-top / height / BEYOND) * BEYOND));
    };
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [height, items.length]);
  const many = height > 0 ? Math.ceil(innerHeight / height) : UNMEASURED;
  const from = Math.min(Math.max(0, first - BEYOND), Math.max(0, items.length - many));
  const drawn = items.slice(from, first + many + 2 * BEYOND);
  return (
    <ul ref={list} class="rows windowed" aria-label={label} style={{ paddingTop: from * height, paddingBottom: Math.max(0, items.length - from - drawn.length) * height }}>
      {drawn.map((item, place) => (
        <li key={keyOf(item)} aria-setsize={items.length} aria-posinset={from + place + 1}>{line(item)}</li>
      ))}
    </ul>
  );
}
