// Areas, rounds, code lists and forms: kept on the disk, fetched again only when they have changed.

import { setting, setSetting } from "../disk/settings.ts";
import type { Tablet } from "../tablet.ts";
import type { Reference } from "../wire.ts";
import { Unreachable } from "./line.ts";

/** Raises Unreachable, Refused; what is held stays. */
export async function bringReference(tablet: Tablet): Promise<void> {
  const { opened, line } = tablet;
  const held = tablet.reference.value === null ? null : await setting<string>(opened, "reference_etag");
  const headers: Record<string, string> = held === null ? {} : { "If-None-Match": held };
  const answer = await line.call("GET", "/sync/v1/reference", { headers });
  if (answer.status === 304) return;
  const reference: Reference | null = await answer.json();
  // every screen needs them: what has none would lie on the disk, and open no screen any more
  if (!isWhole(reference)) throw new Unreachable("this is no reference data");
  // a tablet that dies in between has the data of one name at most, never a name for other data
  await setSetting(opened, "reference_etag", null);
  await setSetting(opened, "reference", reference);
  await setSetting(opened, "reference_etag", answer.headers.get("ETag"));
  tablet.reference.value = reference;
}

const isWhole = (told: Reference | null): told is Reference => [told?.areas, told?.rounds, told?.codes, told?.forms].every(Array.isArray);
