"""What people are told of facts that nobody has recorded, and of amounts that nobody has compared with the text."""

from api.standards.definition import Words

# The facts that can be unknown, as somebody who goes there would ask for them.
ASKED: dict[str, Words] = {
    "m.sex": Words("Giới tính", "Sex"),
    "m.relation_to_head": Words("Quan hệ với chủ hộ", "Relation to the head"),
    "m.schooling": Words("Đang học cấp nào", "The level attended now"),
    "m.right_level": Words("Có học đúng cấp so với độ tuổi không", "Whether the level is right for the age"),
    "m.qualification": Words("Trình độ, bằng cấp", "Qualification"),
    "m.labour_status": Words("Tình trạng việc làm", "Whether in work"),
    "m.labour_contract": Words("Có hợp đồng lao động không", "Whether there is a labour contract"),
    "m.health_insurance": Words("Có thẻ bảo hiểm y tế không", "Whether insured"),
    "m.social_allowance": Words("Có hưởng trợ cấp xã hội không", "Whether on a social allowance"),
    "m.pension": Words("Có lương hưu hoặc trợ cấp bảo hiểm xã hội không", "Whether on a pension"),
    "m.merit_person": Words("Có phải người có công không", "Whether a person of merit"),
    "m.disability": Words("Mức độ khuyết tật", "Degree of disability"),
    "m.nutrition": Words("Tình trạng dinh dưỡng", "Nutrition"),
    "m.age": Words("Tuổi", "Age"),
    "m.school_age": Words("Tuổi theo năm học", "Age by the school year"),
    "counts.on_social_allowance": Words("Ai trong hộ hưởng trợ cấp xã hội", "Who is on a social allowance"),
    "counts.with_pension": Words("Ai trong hộ có lương hưu", "Who is on a pension"),
}
UNVERIFIED = Words(
    "Chưa kiểm chứng với văn bản: chỉ để tham khảo, không phải số tiền được hưởng",
    "Unverified: shown for orientation, never an amount due",
)
UNKNOWN_AMOUNT = Words("Chưa biết mức áp dụng vào ngày này", "The amount of this day is not known")
