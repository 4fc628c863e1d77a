// The commune has ended this tablet: why it is empty, and what was left behind.

import type { JSX } from "preact";

import { session } from "../session.ts";
import { say, texts } from "../words/words.ts";
import { LeftBehind } from "./left_behind.tsx";
import { Button, Notice, Screen } from "./parts.tsx";

const WORDS = texts({
  title: ["Máy đã bị thu hồi", "This tablet was revoked"],
  why: [
    "Xã đã thu hồi máy này của tài khoản {username}. Mọi dữ liệu về hộ đã được xoá khỏi máy để không ai khác đọc được.",
    "The commune has revoked this tablet of {username}. All data about households were wiped from it, so that nobody else can read them.",
  ],
  next: [
    "Nếu máy vẫn ở trong tay bạn, hãy gọi cán bộ xã: họ cấp mã mới và bạn đăng ký lại được ngay.",
    "If the tablet is still with you, call the commune officer: with a new code you can enrol again at once.",
  ],
  start: ["Về màn hình đầu", "To the first screen"],
});

export function Revoked({ username }: { username: string }): JSX.Element {
  return (
    <Screen title={say(WORDS.title)} foot={<Button kind="main" onPress={() => (session.value = { at: "away", why: "start" })}>{say(WORDS.start)}</Button>}>
      <Notice kind="warning">{say(WORDS.why, { username })}</Notice>
      <p>{say(WORDS.next)}</p>
      <LeftBehind />
    </Screen>
  );
}
