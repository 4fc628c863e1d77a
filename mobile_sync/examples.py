"""What the calls of the protocol look like, for the OpenAPI page."""

from typing import Any

from api.problems import Superseded

BATCH_ID = "01920b5e-5c1f-7a53-9d4e-6f0f5c1b7a01"
DEVICE_ID = "01920b5e-0000-7000-8000-000000000001"
SUBMISSION_ID = "01920b5e-5c1f-7a53-9d4e-6f0f5c1b7a02"
HOUSEHOLD_ID = "01920b5e-5c1f-7a53-9d4e-6f0f5c1b7a03"
HAMLET_ID = "b7a5bb4b-6f2e-5b07-8a54-0c3f6f8e1d11"
EPOCH = "5a0c2f0e-55fb-4b19-90a6-1d0a55b2c8b4"
TIME = "2024-09-12T08:30:00+07:00"

_HOUSEHOLD: dict[str, Any] = {
    "hamlet_id": HAMLET_ID,
    "household_no": "101",
    "address": "Xóm 3, xã Trực Thái",
    "residence": "permanent",
    "no_labour_capacity": False,
}

BATCH: dict[str, Any] = {
    "protocol": 1,
    "batch_id": BATCH_ID,
    "device_id": DEVICE_ID,
    "sent_at": TIME,
    "submissions": [
        {
            "submission_id": SUBMISSION_ID,
            "seq": 17,
            "entity": "household",
            "id": HOUSEHOLD_ID,
            "base_version": None,
            "recorded_at": "2024-09-12T08:12:40+07:00",
            "data": _HOUSEHOLD,
        }
    ],
}

ENROL: dict[str, Any] = {
    "device_id": DEVICE_ID,
    "name": "Máy xóm 3",
    "enrolment_code": "K7QM2XW9RT",
    "app_version": "1.0",
}
ENROLMENT: dict[str, Any] = {"enrolment_code": "K7QM2XW9RT", "expires_at": TIME}
ENROLLED: dict[str, Any] = {
    "device_id": DEVICE_ID,
    "user": "xom-3",
    "areas": [{"id": HAMLET_ID, "code": "14080-03", "level": "hamlet", "name": "Xóm 3"}],
}
DEVICE: dict[str, Any] = {
    "id": DEVICE_ID,
    "name": "Máy xóm 3",
    "user_id": BATCH_ID,
    "username": "xom-3",
    "full_name": "Vũ Văn Bình",
    "state": "stuck",
    "stuck_because": ["old_work"],
    "app_version": "1.0",
    "form_version": "vn-2022/1",
    "enrolled_at": TIME,
    "revoked_at": None,
    "last_contact_at": TIME,
    "silent_days": 0,
    "last_seq": 17,
    "pending": 4,
    "oldest_pending_at": "2024-09-08T16:02:11+07:00",
    "unsent_days": 3,
    "refused_at": None,
    "refused_with": None,
    "first_sync_at": TIME,
    "clock_skew_seconds": -3,
    "clock_wrong": False,
    "held": 1,
    "quarantined": 0,
    "in_conflict": 0,
    "unread": 0,
}

OUTCOME: dict[str, Any] = {
    "submission_id": SUBMISSION_ID,
    "outcome": "applied",
    "entity": "household",
    "id": HOUSEHOLD_ID,
    "version": 1,
    "replayed": False,
    "result": None,
    "problem": None,
    "conflict_id": None,
    "waiting_for": None,
}

RECEIPT: dict[str, Any] = {
    "batch_id": BATCH_ID,
    "epoch": EPOCH,
    "server_time": TIME,
    "durable_through": 12,
    "outcomes": [OUTCOME],
}
INFO: dict[str, Any] = {
    "protocol": 1,
    "max_submissions": 1000,
    "max_bytes": 16777216,
    "max_attachment_bytes": 20971520,
    "attachment_types": ["image/jpeg", "image/png", "image/webp", "application/pdf"],
    "attachment_chunk_bytes": 524288,
    "server_time": TIME,
    "epoch": EPOCH,
}
OUTCOMES: dict[str, Any] = {
    "epoch": EPOCH,
    "durable_through": 12,
    "items": [{**OUTCOME, "seq": 17, "received_at": TIME, "decided_at": TIME}],
    "after_seq": None,
}
CHANGES: dict[str, Any] = {
    "epoch": EPOCH,
    "cursor": "eJyLjjbUMdQx0jHWMY0FAA",
    "more": False,
    "server_time": TIME,
    "changes": [
        {
            "entity": "household",
            "id": HOUSEHOLD_ID,
            "version": 3,
            "op": "put",
            "area_id": HAMLET_ID,
            "data": _HOUSEHOLD,
        },
        {"entity": "household", "id": BATCH_ID, "version": 4, "op": "remove", "reason": "left-area"},
    ],
}
DIGESTS: dict[str, Any] = {
    "epoch": EPOCH,
    "behind": False,
    "areas": [{"area_id": HAMLET_ID, "count": 412, "digest": "8f3c0b51d2e6a794"}],
}
BUCKET_DIGESTS: dict[str, Any] = {
    "epoch": EPOCH,
    "buckets": [{"bucket": 3, "count": 2, "digest": "1d2e6a7948f3c0b5"}],
}
BUCKET_RECORDS: dict[str, Any] = {
    "epoch": EPOCH,
    "changes": CHANGES["changes"][:1],
    "ids": [HOUSEHOLD_ID],
    "after": None,
}
CONFLICT: dict[str, Any] = {
    "id": BATCH_ID,
    "entity": "household",
    "record_id": HOUSEHOLD_ID,
    "submission_id": SUBMISSION_ID,
    "fields": {"phone": {"base": "0911222333", "server": "0911222334", "device": "0911222335"}},
    "handed_over": False,
    "state": "open",
    "opened_at": TIME,
    "resolved_at": None,
    "choice": None,
    "reason": None,
}
WAITING: dict[str, Any] = {
    "submission_id": SUBMISSION_ID,
    "outcome": "held",
    "entity": "household",
    "record_id": HOUSEHOLD_ID,
    "seq": 17,
    "base_version": 1,
    "username": "xom-3",
    "device_id": DEVICE_ID,
    "device_name": "Máy xóm 3",
    "recorded_at": TIME,
    "received_at": TIME,
    "decided_at": TIME,
    "waiting_for": HOUSEHOLD_ID,
    "problem": None,
    "handed_over": False,
    "why": {
        "vi": "Chờ chính bản ghi này: trong địa bàn của người gửi chưa có bản ghi mang mã ấy.",
        "en": "Waits for the record itself: none of that id is in the sender's areas yet.",
    },
}
SUBMISSION: dict[str, Any] = WAITING | {"data": {"phone": "0911222335"}, "result": None}
DECLINED: dict[str, Any] = OUTCOME | {
    "outcome": "rejected",
    "version": None,
    "problem": Superseded(
        "Cán bộ không nhận phiếu này: Hộ đã được xã bên nhập lại",
        "An officer has declined this submission: Hộ đã được xã bên nhập lại",
        reason="Hộ đã được xã bên nhập lại",
    ).body("vi"),
}
RESOLVED: dict[str, Any] = {"id": HOUSEHOLD_ID, "version": 5, **_HOUSEHOLD, "phone": "0911222335"}
REFERENCE: dict[str, Any] = {
    "areas": [
        {
            "id": HAMLET_ID,
            "code": "14080-03",
            "level": "hamlet",
            "name": "Xóm 3",
            "full_name": "Xóm 3",
            "parent_id": None,
            "valid_from": "2004-01-01",
            "valid_to": None,
        }
    ],
    "rounds": [],
    "codes": [{"code": "sex", "values": [{"code": "male", "label": {"vi": "Nam", "en": "Male"}}]}],
    "forms": [],
    "interventions": [
        {
            "id": "0193a5c2-7d10-7b3e-8f40-2a1b3c4d5e6f",
            "kind": "support_round",
            "title": "Hỗ trợ tiền điện",
            "policy": "electricity_poor",
            "year": 2024,
            "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
        }
    ],
}
