// What went wrong, for whoever holds the tablet: the server's own words where it gave some.

import { DatabaseBusy, DiskFull, NewerDatabase } from "../disk/database.ts";
import { NotOpened } from "../disk/vault.ts";
import { OfAnotherAccount, PartlyDamaged } from "../disk/ways_out.ts";
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
  last: ["Chưa đúng. Còn 1 lần thử: sai nữa thì chỉ mở được bằng mật khẩu; không mất dữ liệu nào.", "Not right. One try is left: after it only the password opens; nothing is lost."],
  wrong_secret: ["Chưa đúng, xin thử lại.", "Not right, please try again."],
  partly: [
    "Tệp bị hỏng một phần: đã nhận {added} phiếu, còn {damaged} phần không đọc được. Hãy giữ lại tệp và máy cũ, rồi báo cán bộ xã.",
    "Part of the file is damaged: {added} pieces were taken, {damaged} could not be read. Keep the file and the old tablet, and tell the commune officer.",
  ],
  wait: ["Đã nhập sai nhiều lần.", "Too many wrong tries."],
  hard_locked: [
    "Mã PIN đã bị khoá vì nhập sai quá nhiều lần. Hãy mở bằng mật khẩu tài khoản; không mất dữ liệu nào.",
    "The PIN is locked after too many wrong tries. Open it with the account's password; nothing is lost.",
  ],
  pin_no_room: [
    "Máy hết chỗ trống nên tạm thời chưa dùng được mã PIN. Hãy mở bằng mật khẩu tài khoản; không mất dữ liệu nào.",
    "The tablet is full, and the PIN cannot be used for now. Open it with the account's password; nothing is lost.",
  ],
  disk_full: [
    "Máy hết chỗ trống nên chưa ghi được. Những gì đã lưu trước đó vẫn còn. Hãy xoá bớt ảnh, phim khác trên máy rồi thử lại.",
    "The tablet is full and could not write. What was saved before is still there. Delete other photos or films, then try again.",
  ],
  newer: [
    "Dữ liệu trên máy do bản ứng dụng mới hơn ghi. Không có gì bị thay đổi; hãy mở lại ứng dụng khi có mạng để dùng bản mới.",
    "A newer version of the app has written what is on this tablet. Nothing was changed; open the app again with a network to get that version.",
  ],
  held_open: [
    "Một cửa sổ khác đang mở dữ liệu này. Hãy đóng các cửa sổ khác của ứng dụng rồi thử lại.",
    "Another window has these data open. Close the other windows of the app, then try again.",
  ],
  of_another: [
    "Tệp này là của tài khoản {username} hoặc của máy chủ khác; chỉ tài khoản đó mới nhận được.",
    "This file is of the account {username}, or of another server; only that account can take it.",
  ],
  fault: [
    "Có trục trặc trên máy, việc này chưa làm được. Những gì đã lưu trước đó vẫn còn. Hãy thử lại.",
    "Something went wrong on this tablet, and this was not done. What was saved before is still there. Try again.",
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
    // of a password there are tries without end
    if (refusal.why === "wrong") return refusal.left === 1 ? say(WORDS.last) : Number.isFinite(refusal.left) ? say(WORDS.wrong, { left: refusal.left }) : say(WORDS.wrong_secret);
    if (refusal.why === "no-room") return say(WORDS.pin_no_room);
    return say(refusal.why === "wait" ? WORDS.wait : WORDS.hard_locked);
  }
  if (fault instanceof DiskFull) return say(WORDS.disk_full);
  if (fault instanceof NewerDatabase) return say(WORDS.newer);
  if (fault instanceof DatabaseBusy) return say(WORDS.held_open);
  if (fault instanceof PartlyDamaged) return say(WORDS.partly, { added: fault.added, damaged: fault.damaged });
  if (fault instanceof OfAnotherAccount) return say(WORDS.of_another, { username: fault.username });
  return say(WORDS.fault);
}
