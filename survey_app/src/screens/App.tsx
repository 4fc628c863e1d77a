// Which screen is shown: the profiles while nobody is in, else what the address names.

import type { JSX } from "preact";

import { Screen } from "./parts.tsx";

export function App(): JSX.Element {
  return <Screen title="giamngheo">…</Screen>;
}
