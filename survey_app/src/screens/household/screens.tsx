// The screens of this folder by the first part of the address: the shell only mounts them.

import type { JSX } from "preact";

import type { Tablet } from "../../tablet.ts";
import { Delivery } from "./Delivery.tsx";
import { Drafts } from "./Drafts.tsx";
import { NotHere } from "./FormParts.tsx";
import { HeadChange } from "./HeadChange.tsx";
import { HouseholdEdit } from "./HouseholdEdit.tsx";
import { HouseholdNew } from "./HouseholdNew.tsx";
import { HouseholdScreen as Household } from "./HouseholdScreen.tsx";
import { MemberLeave } from "./MemberLeave.tsx";
import { MemberNew } from "./MemberNew.tsx";
import { MemberScreen } from "./MemberScreen.tsx";
import { Request } from "./Request.tsx";
import { Review } from "./review/Review.tsx";
import { Screening } from "./screening/Screening.tsx";
import { Split } from "./Split.tsx";

/** `parts`: the whole address, its first part included. */
export type HouseholdScreen = (props: { tablet: Tablet; parts: string[] }) => JSX.Element;

/** household/<id>, household/<id>/edit, household/<id>/head, household/new/<hamlet>, household/new/<hamlet>/<refused one> */
function household({ tablet, parts: [, id, what, again] }: { tablet: Tablet; parts: string[] }): JSX.Element {
  if (id === undefined) return <NotHere />;
  if (id === "new") return what === undefined ? <NotHere /> : <HouseholdNew key={`${what} ${again}`} tablet={tablet} hamletId={what} again={again} />;
  if (what === "edit") return <HouseholdEdit key={id} tablet={tablet} id={id} />;
  if (what === "head") return <HeadChange key={id} tablet={tablet} householdId={id} />;
  return <Household key={id} tablet={tablet} id={id} />;
}

/** member/<id>, member/<id>/leave, member/new/<household>, member/new/<household>/<refused one> */
function member({ tablet, parts: [, id, what, again] }: { tablet: Tablet; parts: string[] }): JSX.Element {
  if (id === undefined) return <NotHere />;
  if (id === "new") return what === undefined ? <NotHere /> : <MemberNew key={`${what} ${again}`} tablet={tablet} householdId={what} again={again} />;
  return what === "leave" ? <MemberLeave key={id} tablet={tablet} id={id} /> : <MemberScreen key={id} tablet={tablet} id={id} />;
}

export const HOUSEHOLD_SCREENS: Record<string, HouseholdScreen> = {
  household,
  member,
  split: ({ tablet, parts: [, id = ""] }) => <Split key={id} tablet={tablet} householdId={id} />,
  request: ({ tablet, parts: [, id = ""] }) => <Request key={id} tablet={tablet} householdId={id} />,
  review: ({ tablet, parts: [, id = "", roundId = ""] }) => <Review key={id + roundId} tablet={tablet} householdId={id} roundId={roundId} />,
  screening: ({ tablet, parts: [, id = ""] }) => <Screening key={id} tablet={tablet} requestId={id} />,
  delivery: ({ tablet, parts: [, id = ""] }) => <Delivery key={id} tablet={tablet} lineId={id} />,
  drafts: ({ tablet }) => <Drafts tablet={tablet} />,
};

/** What is filled in there: a new build of the app waits until none of these is shown. */
export function isForm([first, second, third]: string[]): boolean {
  if (first === "household") return second === "new" || third !== undefined;
  return ["member", "split", "request", "screening", "review", "delivery"].includes(first ?? "");
}
