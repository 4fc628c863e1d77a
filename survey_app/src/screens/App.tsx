// Which screen is shown: the profiles while nobody is in, else what the address names.

import type { JSX } from "preact";
import { useErrorBoundary } from "preact/hooks";

import { place } from "../one_window.ts";
import { session } from "../session.ts";
import type { Tablet } from "../tablet.ts";
import { HOUSEHOLD_SCREENS } from "./household/screens.tsx";
import { EnrolCode } from "./enrol_code.tsx";
import { FirstSync } from "./first_sync.tsx";
import { HouseholdList } from "./list.tsx";
import { officerScreen } from "./officer/screens.tsx";
import { Outbox } from "./outbox.tsx";
import { Broken, Elsewhere, NotSecure, Opening } from "./plain.tsx";
import { Revoked } from "./revoked.tsx";
import { go, route } from "./route.ts";
import { Settings } from "./settings.tsx";
import { Start } from "./start.tsx";
import { SpokenState } from "./sync_state.tsx";
import { UpdateOffer } from "./update_offer.tsx";

export function App(): JSX.Element {
  const [fault, forgiven] = useErrorBoundary();
  const toList = () => {
    go();
    forgiven();
  };
  return (
    <>
      <UpdateOffer />
      {fault === undefined ? <Shown /> : <Broken onList={toList} />}
    </>
  );
}

function Shown(): JSX.Element {
  if (!isSecureContext) return <NotSecure />;
  if (place.value === "elsewhere") return <Elsewhere />;
  const now = session.value;
  switch (now.at) {
    case "away":
      return <Start why={now.why} fault={now.fault ?? null} />;
    case "opening":
      return <Opening done={now.done} all={now.all} />;
    case "revoked":
      return <Revoked username={now.username} />;
    case "in":
      return now.enrolled ? <Inside tablet={now.tablet} /> : <EnrolCode tablet={now.tablet} />;
  }
}

function Inside({ tablet }: { tablet: Tablet }): JSX.Element {
  // a surveyor who has looked into what is there already is not sent back by every later step
  const first = tablet.completeAt.value === null && route.value.length === 0;
  return (
    <>
      <SpokenState tablet={tablet} />
      {first ? <FirstSync tablet={tablet} /> : <Named tablet={tablet} parts={route.value} />}
    </>
  );
}

function Named({ tablet, parts }: { tablet: Tablet; parts: string[] }): JSX.Element {
  const [first = "list"] = parts;
  const Household = HOUSEHOLD_SCREENS[first];
  if (Household !== undefined) return <Household key={first} tablet={tablet} parts={parts} />;
  if (first === "outbox") return <Outbox tablet={tablet} parts={parts} />;
  if (first === "settings") return <Settings tablet={tablet} parts={parts} />;
  if (first === "officer") return officerScreen(tablet, parts);
  return <HouseholdList tablet={tablet} />;
}
