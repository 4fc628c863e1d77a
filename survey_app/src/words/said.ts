// What went wrong, for whoever holds the tablet: the server's own words where it gave some.

import { NotOpened } from "../disk/vault.ts";
import { Refused, Unreachable } from "../line/line.ts";
import type { Problem, Words } from "../wire.ts";
import { language, say, texts } from "./words.ts";

const WORDS = texts({
  no_line: [
    "Chưa liên lạc được với máy chủ. Kiểm tra mạng rồi thử lại; mọi thứ đã nhập vẫn còn trên máy.",
    "The server cannot be reached. Check the network and try again; all that was entered is still on this tablet.",
  ],
  busy: [
    "Máy chủ đang bận, hãy thử lại sau {minutes} phút. Mọi thứ đã nhập vẫn còn trên máy.",
    "The server is busy, try again in {minutes} minutes. All that was entered is still on this tablet.",
  ],
  wrong: ["Chưa đúng. Còn {left} lần thử.", "Not right. {left} tries are left."],
  wait: ["Nhập sai nhiều lần, hãy chờ một lát rồi thử lại.", "Too many wrong tries, please wait a while."],
  hard_locked: [
    "Mã PIN đã bị khoá vì nhập sai quá nhiều lần. Hãy mở bằng mật khẩu tài khoản; không mất dữ liệu nào.",
    "The PIN is locked after too many wrong tries. Open it with the account's password; nothing is lost.",
  ],
  disk: [
    "Máy chưa ghi được (hết chỗ trống hoặc trục trặc). Những gì đã lưu trước đó vẫn còn. Hãy giải phóng bộ nhớ rồi thử lại.",
    "The tablet could not write (no room, or a fault). What was saved before is still there. Free some room and try again.",
  ],
});

/** The server's words, in the language chosen. */
export function problemWords(problem: Problem): string {
  const words: Words | undefined = problem.details ?? problem.titles;
  return words?.[language.value] ?? problem.detail ?? problem.title;
}

export function said(fault: unknown): string {
  if (fault instanceof Refused) return problemWords(fault.problem);
  if (fault instanceof Unreachable) {
    return fault.retryAfter >= 60 ? say(WORDS.busy, { minutes: Math.ceil(fault.retryAfter / 60) }) : say(WORDS.no_line);
  }
  if (fault instanceof NotOpened) {
    const { refusal } = fault;
    if (refusal.why === "wrong") return say(WORDS.wrong, { left: refusal.left });
    return say(refusal.why === "wait" ? WORDS.wait : WORDS.hard_locked);
  }
  return say(WORDS.disk);
}
