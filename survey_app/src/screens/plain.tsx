// Screens that only tell something: the app opens, another window has it, the address is not safe enough for it.

import type { JSX } from "preact";

import { say, texts } from "../words/words.ts";
import { Bar, Button, Notice, Screen } from "./parts.tsx";

const WORDS = texts({
  app: ["Rà soát hộ nghèo", "Poverty review"],
  opening: ["Đang mở dữ liệu trên máy…", "Opening the data on this tablet…"],
  elsewhere: ["Đã mở ở cửa sổ khác", "Open in another window"],
  elsewhere_why: [
    "Ứng dụng đang mở ở một cửa sổ khác của máy này. Hãy dùng cửa sổ đó, hoặc đóng nó lại: cửa sổ này sẽ tự chạy tiếp.",
    "The app is open in another window of this tablet. Use that one, or close it: this one then goes on by itself.",
  ],
  elsewhere_safe: ["Không có gì bị mất.", "Nothing is lost."],
  not_secure: ["Địa chỉ này chưa an toàn", "This address is not secure"],
  not_secure_why: [
    "Ứng dụng phải được mở bằng địa chỉ bắt đầu bằng https:// (hoặc localhost trên chính máy chủ). Chỉ khi đó trình duyệt mới cho phép mã hoá dữ liệu trên máy và làm việc khi mất mạng.",
    "The app has to be opened at an address that begins with https:// (or localhost on the server itself). Only then does the browser allow it to seal what lies on the tablet, and to work without a network.",
  ],
  broken: ["Màn hình này gặp trục trặc", "Something went wrong with this screen"],
  broken_why: ["Những gì đã lưu vẫn còn trên máy. Hãy về danh sách; nếu vẫn lỗi thì mở lại ứng dụng và báo cán bộ xã.", "What was saved is still on the tablet. Go to the list; if that does not help, open the app again and tell the commune officer."],
  list: ["Về danh sách", "To the list"],
  again: ["Mở lại ứng dụng", "Open the app again"],
  not_secure_ask: ["Hãy hỏi cán bộ xã địa chỉ đúng.", "Ask the commune officer for the right address."],
});

export function Opening(props: { done: number; all: number }): JSX.Element {
  return (
    <Screen title={say(WORDS.app)}>
      <Bar label={say(WORDS.opening)} done={props.done} all={props.all || null} />
    </Screen>
  );
}

export function Elsewhere(): JSX.Element {
  return (
    <Screen title={say(WORDS.elsewhere)}>
      <Notice kind="info">{say(WORDS.elsewhere_why)}</Notice>
      <p>{say(WORDS.elsewhere_safe)}</p>
    </Screen>
  );
}

/** Instead of a blank page. Built of nothing that may be what is broken. */
export function Broken({ onList }: { onList: () => void }): JSX.Element {
  return (
    <div class="screen">
      <header class="bar"><h1>{say(WORDS.broken)}</h1></header>
      <main class="stack">
        <Notice kind="fault">{say(WORDS.broken_why)}</Notice>
        <Button kind="main" onPress={onList}>{say(WORDS.list)}</Button>
        <Button onPress={() => location.reload()}>{say(WORDS.again)}</Button>
      </main>
    </div>
  );
}

export function NotSecure(): JSX.Element {
  return (
    <Screen title={say(WORDS.not_secure)}>
      <Notice kind="warning">{say(WORDS.not_secure_why)}</Notice>
      <p>{say(WORDS.not_secure_ask)}</p>
    </Screen>
  );
}
