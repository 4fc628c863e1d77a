// What the fields of a record are called, and which code list names their values: for whoever reads an outcome, a
// conflict or what was sent. Questions of a form are called as the form calls them.

import type { Entity, Problem, Reference } from "../wire.ts";
import { named } from "./codes.ts";
import { language, say, texts } from "./words.ts";

const FIELDS = texts({
  hamlet_id: ["Xóm", "Hamlet"],
  household_no: ["Số hộ", "Household number"],
  address: ["Địa chỉ", "Address"],
  phone: ["Điện thoại", "Telephone"],
  note: ["Ghi chú", "Note"],
  residence: ["Cư trú", "Residence"],
  head_member_id: ["Chủ hộ", "Head"],
  no_labour_capacity: ["Không có khả năng lao động", "No capacity for work"],
  no_labour_capacity_ground: ["Căn cứ (không có khả năng lao động)", "Ground (no capacity for work)"],
  household_id: ["Hộ", "Household"],
  full_name: ["Họ và tên", "Name"],
  sex: ["Giới tính", "Sex"],
  birth_date: ["Ngày sinh", "Day of birth"],
  birth_year: ["Năm sinh", "Year of birth"],
  relation_to_head: ["Quan hệ với chủ hộ", "Relation to the head"],
  ethnicity: ["Dân tộc", "Ethnicity"],
  personal_id: ["Số định danh cá nhân", "Citizen number"],
  schooling: ["Đang học", "Attends school"],
  right_level: ["Học đúng tuổi", "At the right level"],
  qualification: ["Trình độ", "Qualification"],
  labour_status: ["Tình trạng việc làm", "Work"],
  labour_contract: ["Có hợp đồng lao động", "Labour contract"],
  occupation: ["Nghề nghiệp", "Occupation"],
  health_insurance: ["Có thẻ bảo hiểm y tế", "Health insurance"],
  social_allowance: ["Trợ cấp xã hội", "Social allowance"],
  pension: ["Lương hưu", "Pension"],
  merit_person: ["Người có công", "Person of merit"],
  disability: ["Khuyết tật", "Disability"],
  nutrition: ["Dinh dưỡng", "Nutrition"],
  left_on: ["Ngày không còn ở hộ", "Left on"],
  left_reason: ["Lý do không còn ở hộ", "Reason for leaving"],
  round_id: ["Đợt rà soát", "Round"],
  form: ["Mẫu phiếu", "Form"],
  surveyed_on: ["Ngày rà soát", "Day of the review"],
  respondent: ["Người trả lời", "Respondent"],
  paper_no: ["Số phiếu giấy", "Number of the paper"],
  b1_entered: ["Điểm B1 trên phiếu giấy", "Points B1 on the paper"],
  answers: ["Câu trả lời", "Answers"],
  causes: ["Nguyên nhân nghèo", "Causes"],
  needs: ["Nhu cầu hỗ trợ", "Needs"],
  attachments: ["Ảnh, chữ ký", "Photos, signature"],
  position: ["Vị trí", "Position"],
  kind: ["Loại đề nghị", "Kind of request"],
  received_on: ["Ngày nhận", "Received on"],
  reason: ["Lý do", "Reason"],
  passed: ["Cần làm Phiếu B", "Goes on to form B"],
  screened_on: ["Ngày làm Phiếu A", "Day of form A"],
  screened_by: ["Người làm Phiếu A", "Form A by"],
  by_rule: ["Theo quy tắc của phiếu", "By the rule of the form"],
  delivered_on: ["Ngày nhận hỗ trợ", "Handed over on"],
  quantity: ["Số lượng", "Quantity"],
  unit: ["Đơn vị", "Unit"],
  amount_vnd: ["Số tiền (đồng)", "Amount (VND)"],
  received_by: ["Người nhận", "Received by"],
  outcome: ["Kết quả", "Outcome"],
});

const ENTITIES = texts({
  household: ["Hộ", "Household"],
  member: ["Thành viên", "Person"],
  review: ["Phiếu rà soát", "Review"],
  request: ["Giấy đề nghị", "Request"],
  screening: ["Phiếu A", "Form A"],
  delivery: ["Nhận hỗ trợ", "Support handed over"],
  review_case: ["Hộ trong đợt", "Household of a round"],
  sheet_line: ["Dòng danh sách ký nhận", "Line of a signing sheet"],
});

/** Which code list names the values of a field. */
const LISTS: Record<string, string> = {
  residence: "residence", sex: "sex", relation_to_head: "relation", ethnicity: "ethnicity", schooling: "schooling",
  qualification: "qualification", labour_status: "labour_status", disability: "disability", nutrition: "nutrition",
  left_reason: "left_reason", kind: "request_kind", outcome: "delivery_outcome", causes: "cause", needs: "need",
};

const VALUES = texts({
  yes: ["Có", "Yes"],
  no: ["Không", "No"],
  nothing: ["(để trống)", "(empty)"],
});

export const entityName = (entity: Entity | string): string => (entity in ENTITIES ? say(ENTITIES[entity as Entity]) : entity);

export function fieldName(field: string): string {
  return field in FIELDS ? say(FIELDS[field as keyof typeof FIELDS]) : field;
}

export const listOf = (field: string): string | null => LISTS[field] ?? null;

/** A value as a person reads it. */
export function valueWords(reference: Reference | null, field: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return say(VALUES.nothing);
  if (typeof value === "boolean") return say(value ? VALUES.yes : VALUES.no);
  if (Array.isArray(value)) return value.length === 0 ? say(VALUES.nothing) : value.map((one) => valueWords(reference, field, one)).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  const list = LISTS[field];
  if (list !== undefined && reference !== null) return named(reference, list, String(value));
  if (/^\d{4}-\d\d-\d\d$/.test(String(value)) && language.value === "vi") return String(value).split("-").reverse().join("/");
  return String(value);
}

/** What is wrong with which field, a line each: "Số hộ: …". */
export function faultsOf(reference: Reference | null, problem: Problem): string[] {
  return (problem.errors ?? []).map((one) => {
    const path = one.pointer.replace(/^#?\/?/, "").split("/").filter((part) => part !== "data");
    const name = path[0] === "answers" && path[1] !== undefined ? questionName(reference, path[1]) : fieldName(path[0] ?? "");
    const words = one.details?.[language.value] ?? one.detail;
    return name === "" ? words : `${name}: ${words}`;
  });
}

function questionName(reference: Reference | null, code: string): string {
  for (const form of reference?.forms ?? []) {
    const found = form.questions.find((one) => one.code === code);
    if (found !== undefined) return say(found.label);
  }
  return code;
}
