// The words of a code, from the code lists of the reference data.

import type { Option, Reference } from "../wire.ts";
import { say } from "./words.ts";

/** The values that a list offers, in the order of the forms. */
export function optionsOf(reference: Reference, list: string): Option[] {
  return reference.codes.find((one) => one.code === list)?.values ?? [];
}

/** What a code is called; the code itself where the list does not know it. */
export function named(reference: Reference, list: string, code: string | null | undefined): string {
  if (code === null || code === undefined) return "";
  const found = optionsOf(reference, list).find((one) => one.code === code);
  return found === undefined ? code : say(found.label);
}
