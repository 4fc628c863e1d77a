// People and relations as a form offers them.

import type { MemberData, Seen } from "../../register/register.ts";
import type { Option, Reference } from "../../wire.ts";
import { optionsOf } from "../../words/codes.ts";

export const peopleOptions = (people: Seen<MemberData>[]): Option[] =>
  people.map(({ id, data }) => ({ code: id, label: { vi: data.full_name, en: data.full_name } }));

/** What somebody is to the head of a household who is somebody else. */
export const relationsBesideHead = (reference: Reference): Option[] => optionsOf(reference, "relation").filter((one) => one.code !== "head");
