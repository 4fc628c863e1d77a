// The screens of this folder by the first part of the address: the shell only mounts them.

import type { JSX } from "preact";

import type { Tablet } from "../../tablet.ts";

/** `parts`: the whole address, its first part included. */
export type HouseholdScreen = (props: { tablet: Tablet; parts: string[] }) => JSX.Element;

export const HOUSEHOLD_SCREENS: Record<string, HouseholdScreen> = {};
