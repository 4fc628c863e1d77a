// Who lives in a household, as a list: each opens to be changed.

import type { JSX } from "preact";

import type { MemberData } from "../../register/register.ts";
import type { Contradiction } from "../../scoring/rules.ts";
import type { Tablet } from "../../tablet.ts";
import type { Reference, Uuid } from "../../wire.ts";
import { named } from "../../words/codes.ts";
import { language, say, texts } from "../../words/words.ts";
import { day } from "../parts.tsx";
import { go } from "../route.ts";

const WORDS = texts({
  born: ["sinh {when}", "born {when}"],
  nobody: ["Chưa ghi ai trong hộ.", "Nobody is written down yet."],
  waiting: ["chưa gửi", "not sent yet"],
});

/** `warnings`: what does not fit together, beside the person it is of. */
export function People({ tablet, householdId, warnings = [] }: { tablet: Tablet; householdId: Uuid; warnings?: Contradiction[] }): JSX.Element {
  const reference = tablet.reference.value!;
  const people = tablet.register.members(householdId);
  if (people.length === 0) return <p>{say(WORDS.nobody)}</p>;
  return (
    <ul class="rows card people">
      {people.map(({ id, data, waiting }) => (
        <li key={id}>
          <button type="button" class="line" onClick={() => go("member", id)}>
            <strong>{data.full_name}</strong>
            <span>{[...whoIs(reference, data), waiting ? say(WORDS.waiting) : ""].filter(Boolean).join(" · ")}</span>
          </button>
          {warnings.filter((one) => one.member_id === id).map((one) => <p key={one.code} class="fault">{one[language.value]}</p>)}
        </li>
      ))}
    </ul>
  );
}

function whoIs(reference: Reference, { relation_to_head, sex, birth_date, birth_year }: MemberData): string[] {
  const when = birth_date ? day(birth_date) : String(birth_year ?? "?");
  return [named(reference, "relation", relation_to_head), named(reference, "sex", sex), say(WORDS.born, { when })];
}
