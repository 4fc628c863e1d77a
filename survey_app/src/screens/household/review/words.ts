// What the screens of a review say.

import { texts } from "../../../words/words.ts";

export const REVIEW = texts({
  title: ["Rà soát: {name}", "Review: {name}"],
  progress: ["Bước {step}/{all}", "Step {step}/{all}"],
  next: ["Tiếp tục", "Continue"],
  before: ["Trước", "Back"],
  training: ["TẬP HUẤN: kết quả không có giá trị.", "TRAINING: without legal effect."],
  saved: ["Đã lưu trên máy", "Saved on the tablet"],
  saving: ["Đang lưu…", "Saving…"],
  not_saved: [
    "CHƯA LƯU ĐƯỢC: bộ nhớ máy đầy hoặc lỗi. Đừng tắt máy; xin giải phóng bộ nhớ rồi trả lời thêm một câu.",
    "NOT SAVED: the tablet's memory is full or failing. Do not switch off; free some room, then answer once more.",
  ],
  people: ["Những ai đang sống trong hộ?", "Who lives in the household?"],
  people_hint: [
    "Hỏi từng người; bấm vào tên để sửa. Điểm được tính theo những người này.",
    "Ask for each of them; press a name to change it. Points depend on these people.",
  ],
  add: ["Thêm người", "Add a person"],
  right: ["Đúng, đủ người", "Right, that is everybody"],
  section: ["Phần {section}", "Part {section}"],
  none_of_these: ["Không có mục nào", "None of these"],
  more: ["Nguyên nhân, nhu cầu và phiếu", "Causes, needs and the paper"],
  surveyed_on: ["Ngày rà soát", "Day of the survey"],
  respondent: ["Người trả lời", "Who answered"],
  paper_no: ["Số phiếu giấy (nếu có)", "Number of the paper form (if there is one)"],
  b1_entered: ["Tổng điểm B1 trên phiếu giấy đã ký", "Total of B1 on the signed paper"],
  b1_hint: [
    "Chưa có bảng điểm B1 đã xác nhận: ghi tổng điểm và số phiếu từ phiếu giấy.",
    "No verified points of B1 yet: take total and number from the signed paper.",
  ],
  causes: ["Nguyên nhân nghèo", "Causes"],
  needs: ["Nhu cầu hỗ trợ", "Needs"],
  reckoning: ["Đang tính điểm…", "Reckoning…"],
  result: ["Kết quả", "Result"],
  send: ["Gửi phiếu", "Send the review"],
  gaps: ["Còn thiếu, xin bổ sung rồi gửi:", "Still missing; please complete it, then send:"],
  open: [
    "Chưa hỏi đến (vẫn gửi được, nhưng có thể chưa tính được kết quả):",
    "Not asked yet (it can be sent, but the result may stay open):",
  ],
  look: [
    "Xin xem lại, có điều chưa khớp (vẫn gửi được):",
    "Please look again, something does not fit (it can be sent all the same):",
  ],
  proposed: ["Đề nghị", "Proposed"],
  undecided: ["Chưa xác định được", "Not determined yet"],
  only_proposal: [
    "Đây là đề nghị theo câu trả lời; kết quả do họp dân và xã quyết định.",
    "This is a proposal from the answers; the meeting and the commune decide.",
  ],
  points: ["{points} điểm", "{points} points"],
  unknown: ["chưa rõ", "not known"],
  deprived: ["thiếu hụt", "deprived"],
  not_deprived: ["không thiếu hụt", "not deprived"],
  b1: ["Điểm B1", "B1"],
  b2: ["Điểm B2", "B2"],
  sent: [
    "Đã lưu phiếu trên máy. Phiếu sẽ được gửi khi có mạng.",
    "The review is saved on the tablet, and goes when there is a line.",
  ],
  done: [
    "Phiếu của hộ này trong đợt đã xong, hoặc hộ không còn chờ rà soát.",
    "The review of this household is done, or it waits for none any more.",
  ],
  no_form: [
    "Đợt rà soát này đã đóng, hoặc máy chưa có mẫu phiếu: xin gửi và tải khi có mạng. Phiếu làm dở vẫn được giữ.",
    "This round is closed, or its form is not on the tablet yet: synchronise when there is a line. What was filled in is kept.",
  ],
  home: ["Về hộ", "To the household"],
  making: ["Đang lưu ảnh, xin chờ một chút rồi gửi.", "A picture is being kept: a moment, then send."],
  refused: [
    "Chưa lưu được: bộ nhớ máy đầy hoặc lỗi. Phiếu vẫn còn; xin giải phóng bộ nhớ rồi bấm lại.",
    "Not saved: memory is full or failing. The form is still here: free some room and press again.",
  ],
  evidence: ["Ảnh, chữ ký, vị trí", "Photos, signature, position"],
  evidence_hint: ["Không có cũng gửi được phiếu.", "The review can be sent without them."],
});
