// What the fields of a household and of its people are called.

import { texts } from "../../words/words.ts";

export const FIELDS = texts({
  household_no: ["Số hộ", "Household number"],
  address: ["Địa chỉ", "Address"],
  phone: ["Điện thoại", "Phone"],
  note: ["Ghi chú", "Note"],
  residence: ["Cư trú", "Residence"],
  no_labour_capacity: ["Hộ không có khả năng lao động?", "Is nobody there able to work?"],
  no_labour_capacity_ground: ["Lý do không có khả năng lao động", "Why nobody is able to work"],
  full_name: ["Họ và tên", "Full name"],
  sex: ["Giới tính", "Sex"],
  birth_date: ["Ngày sinh", "Date of birth"],
  birth_year: ["Năm sinh (nếu không biết ngày)", "Year of birth (if the day is not known)"],
  relation_to_head: ["Quan hệ với chủ hộ", "Relation to the head"],
  ethnicity: ["Dân tộc", "Ethnicity"],
  personal_id: ["Số định danh cá nhân", "Citizen number"],
  schooling: ["Đang học cấp", "Attends now"],
  right_level: ["Học đúng cấp so với tuổi?", "The right level for the age?"],
  qualification: ["Trình độ cao nhất", "Highest qualification"],
  labour_status: ["Việc làm", "Work"],
  labour_contract: ["Có hợp đồng lao động?", "With a labour contract?"],
  occupation: ["Nghề nghiệp", "Occupation"],
  health_insurance: ["Có thẻ bảo hiểm y tế?", "Has health insurance?"],
  social_allowance: ["Hưởng trợ cấp xã hội hằng tháng?", "Draws a social allowance?"],
  pension: ["Hưởng lương hưu, trợ cấp bảo hiểm xã hội?", "Draws a pension?"],
  merit_person: ["Người có công?", "Person of merit?"],
  disability: ["Khuyết tật", "Disability"],
  nutrition: ["Dinh dưỡng (trẻ em)", "Nutrition (children)"],
  left_on: ["Không còn ở hộ từ ngày", "Left on"],
  left_reason: ["Lý do", "Reason"],
});
