// "A new build is there": offered above everything else, where no form is open.

import type { JSX } from "preact";

import { mayUpdate, update, waiting } from "../updates.ts";
import { say, texts } from "../words/words.ts";
import { Button } from "./parts.tsx";

const WORDS = texts({
  there: ["Có bản mới của ứng dụng.", "There is a new version of the app."],
  take: ["Cập nhật ngay", "Update now"],
});

export function UpdateOffer(): JSX.Element | null {
  if (waiting.value === null || !mayUpdate()) return null;
  return (
    <div class="offer" role="status">
      <span>{say(WORDS.there)}</span>
      <Button kind="main" onPress={update}>{say(WORDS.take)}</Button>
    </div>
  );
}
