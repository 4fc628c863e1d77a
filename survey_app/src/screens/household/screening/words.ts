// What the screens of Phiếu A say.

import { texts } from "../../../words/words.ts";

export const SCREENING = texts({
  title: ["Phiếu A: {name}", "Form A: {name}"],
  on_paper: [
    "Câu hỏi của Phiếu A chưa có trong sổ. Xin làm Phiếu A trên giấy cùng hộ, rồi ghi kết quả vào đây.",
    "The questions of form A are not in the register yet. Please fill it in on paper with the household, then set down the result here.",
  ],
  asked: ["Hộ làm giấy đề nghị ngày {when}.", "The household asked on {when}."],
  asked_why: ["Hộ làm giấy đề nghị ngày {when}: {reason}", "The household asked on {when}: {reason}"],
  passed: ["Kết quả Phiếu A", "Result of form A"],
  needs_b: ["Cần làm Phiếu B", "Goes on to form B"],
  needs_no_b: ["Không cần làm Phiếu B", "Form B is not needed"],
  reason: ["Lý do", "Reason"],
  reason_hint: ["Viết ngắn gọn vì sao có kết quả này; cán bộ xã sẽ đọc.", "In short, why; the commune officer reads it."],
  reason_open: ["Ghi chú thêm (nếu có)", "Anything to add"],
  screened_on: ["Ngày làm Phiếu A", "Day of form A"],
  result: ["Kết quả", "Result"],
  by_rule: ["Theo các câu trả lời: {what}.", "By the answers: {what}."],
  open: [
    "Các câu trả lời chưa đủ để kết luận: xin chọn kết quả và ghi lý do.",
    "The answers leave it open: choose the result and say why, please.",
  ],
  next: [
    "Hộ cần làm Phiếu B sẽ được cán bộ xã đưa vào danh sách rà soát.",
    "The commune officer puts a household that needs form B onto the list of the round.",
  ],
  save: ["Lưu Phiếu A", "Save form A"],
  listed: [
    "Giấy này đã được đưa vào danh sách rà soát: Phiếu A không sửa được nữa.",
    "This request has led onto the list of a round: form A is not changed any more.",
  ],
  refused: [
    "Giấy này đã bị từ chối bằng văn bản số {number} ngày {when}. Nếu hoàn cảnh của hộ đã khác, xin ghi giấy đề nghị mới.",
    "This request was refused by the letter no. {number} of {when}. If things have changed, take a new request, please.",
  ],
  // on the screen of the household, and in the list
  begin: ["Làm Phiếu A", "Fill in form A"],
  go_on: ["Làm tiếp Phiếu A", "Go on with form A"],
  correct: ["Sửa Phiếu A", "Correct form A"],
  waits: ["Chờ Phiếu A", "Form A is due"],
  done: ["Đã có Phiếu A", "Form A is done"],
  said: ["Phiếu A: {what}", "Form A: {what}"],
  unsent: ["chưa gửi", "not sent"],
});
