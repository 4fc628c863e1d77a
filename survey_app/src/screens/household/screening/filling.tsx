// Phiếu A that is being filled in, and what the household asked for.

import type { JSX } from "preact";

import type { ScreeningValues } from "../../../forms/screening.ts";
import type { RequestData, Seen } from "../../../register/register.ts";
import type { Tablet } from "../../../tablet.ts";
import type { Form, Uuid } from "../../../wire.ts";
import { say } from "../../../words/words.ts";
import { day } from "../../parts.tsx";
import type { Kept } from "../useDraft.ts";
import { SCREENING } from "./words.ts";

/** The form as all its screens know it. `id`: of the result. */
export type Filling = {
  tablet: Tablet;
  id: Uuid;
  request: Seen<RequestData>;
  form: Form | null;
  draft: Kept<ScreeningValues>;
  title: string;
};

export function refusedWords({ data }: Seen<RequestData>): string {
  return say(SCREENING.refused, { number: data.refusal_number ?? "", when: day(data.refused_on!) });
}

export function AskedFor({ request }: { request: Seen<RequestData> }): JSX.Element {
  const when = day(request.data.received_on);
  const reason = request.data.reason as string | null | undefined;
  return <p>{reason ? say(SCREENING.asked_why, { when, reason }) : say(SCREENING.asked, { when })}</p>;
}
