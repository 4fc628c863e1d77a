"""Everything that can go wrong on the wire: one class per type, RFC 9457, Vietnamese and English.

The slug never changes; texts may. `docs/problems.md` has a heading per slug, and a test compares the two.
"""

import random
from dataclasses import dataclass
from typing import Any, ClassVar

# Seconds; between them every one is as likely.
_RETRY_AFTER = (3, 15)

CATALOGUE: dict[str, type["Problem"]] = {}


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one place of the input: a JSON pointer (`#/birth_year`), a code, and words for people."""

    pointer: str
    code: str
    vi: str
    en: str


@dataclass(frozen=True)
class Text:
    """The same sentence for a Vietnamese and an English reader."""

    vi: str
    en: str


class Problem(Exception):
    """An answer that is not 2xx. Raised anywhere; `api/errors.py` turns it into `application/problem+json`.

    `detail` says what happened this time and what to do; `errors` says where in the input; `extras` are
    the typed members of this type (such as `current_version`).
    """

    slug: ClassVar[str]
    uri: ClassVar[str]  # `type` on the wire, and in what is stored of it
    status: ClassVar[int]
    title: ClassVar[Text]

    def __init_subclass__(cls) -> None:
        cls.uri = f"/problems/{cls.slug}"
        CATALOGUE[cls.slug] = cls

    def __init__(
        self,
        vi: str = "",
        en: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
        **extras: Any,
    ) -> None:
        super().__init__(en or self.title.en)
        self.detail = Text(vi or self.title.vi, en or self.title.en)
        self.errors = errors
        self.headers = headers or {}
        self.extras = extras

    def body(self, language: str = "vi", trace_id: str | None = None) -> dict[str, Any]:
        """The object on the wire. Both languages are always there; `title` and `detail` are in the reader's."""
        said = {
            "type": self.uri,
            "title": getattr(self.title, language),
            "status": self.status,
            "detail": getattr(self.detail, language),
            "titles": {"vi": self.title.vi, "en": self.title.en},
            "details": {"vi": self.detail.vi, "en": self.detail.en},
        }
        if self.errors:
            said["errors"] = [
                {
                    "pointer": e.pointer,
                    "code": e.code,
                    "detail": getattr(e, language),
                    "details": {"vi": e.vi, "en": e.en},
                }
                for e in self.errors
            ]
        if trace_id:
            said["trace_id"] = trace_id
        return said | self.extras


class NotJson(Problem):
    slug, status = "not-json", 400
    title = Text("Nội dung gửi lên không phải JSON hợp lệ", "The body is not valid JSON")


class Invalid(Problem):
    slug, status = "invalid", 422
    title = Text("Dữ liệu chưa hợp lệ", "The data is not valid")


class InvalidCursor(Problem):
    slug, status = "invalid-cursor", 422
    title = Text(
        "Con trỏ trang không hợp lệ, hãy đọc lại từ trang đầu",
        "The cursor is not valid, start again from the first page",
    )


class NotSignedIn(Problem):
    slug, status = "not-signed-in", 401
    title = Text("Bạn chưa đăng nhập hoặc phiên đã hết hạn", "You are not signed in, or the session has ended")

    def __init__(self, vi: str = "", en: str = "", **extras: Any) -> None:
        super().__init__(vi, en, headers={"WWW-Authenticate": "Bearer"}, **extras)


class DeviceRevoked(Problem):
    slug, status = "device-revoked", 401
    title = Text("Máy tính bảng này đã bị thu hồi quyền truy cập", "This tablet has been revoked")

    def __init__(self, vi: str = "", en: str = "", **extras: Any) -> None:
        super().__init__(vi, en, headers={"WWW-Authenticate": "Bearer"}, **extras)


class PermissionDenied(Problem):
    slug, status = "permission-denied", 403
    title = Text("Bạn không có quyền làm việc này", "You do not have the permission for this")


class DeviceOfAnotherUser(Problem):
    slug, status = "device-of-another-user", 403
    title = Text("Máy tính bảng này được cấp cho người khác", "This tablet belongs to another user")


class DeviceNotEnrolled(Problem):
    slug, status = "device-not-enrolled", 403
    title = Text("Máy tính bảng này chưa được đăng ký", "This tablet has not been enrolled")


class NotFound(Problem):
    slug, status = "not-found", 404
    title = Text("Không tìm thấy", "Not found")


class UnknownIndicator(NotFound):
    slug, status = "unknown-indicator", 404
    title = Text("Không có chỉ tiêu này", "There is no such indicator")


class UnknownForm(NotFound):
    slug, status = "unknown-form", 404
    title = Text("Không có biểu mẫu này", "There is no such form")


class MethodNotAllowed(Problem):
    slug, status = "method-not-allowed", 405
    title = Text("Địa chỉ này không nhận thao tác đó", "This address does not take that method")


class NotAcceptable(Problem):
    slug, status = "unsupported-encoding", 415
    title = Text("Kiểu nội dung hoặc kiểu nén không được hỗ trợ", "The content type or encoding is not supported")


class AlreadyExists(Problem):
    slug, status = "already-exists", 409
    title = Text("Đã có một bản ghi như vậy", "Such a record exists already")


class Conflict(Problem):
    slug, status = "conflict", 409
    title = Text("Thay đổi này trái với dữ liệu hiện có", "This change contradicts what is stored")


class IllegalStage(Problem):
    slug, status = "illegal-stage", 409
    title = Text("Chưa thể làm bước này", "This step is not possible now")


class SeparationOfDuties(Problem):
    slug, status = "separation-of-duties", 409
    title = Text("Người này không được làm bước này vì đã làm bước trước", "The same person may not take this step")


class AboveApproved(Problem):
    slug, status = "above-approved", 409
    title = Text("Vượt quá số tiền còn được dùng", "More money than is left")


class NotInRound(Problem):
    slug, status = "not-in-round", 409
    title = Text("Hộ không có trong danh sách của đợt rà soát", "The household is not on the list of the round")


class ReviewExists(Problem):
    slug, status = "review-exists", 409
    title = Text("Hộ đã có phiếu rà soát trong đợt này", "The household has a review in this round already")


class AlreadyDelivered(Problem):
    slug, status = "already-delivered", 409
    title = Text("Khoản này đã được giao", "This was handed over already")


class IdempotencyKeyReused(Problem):
    slug, status = "idempotency-key-reused", 409
    title = Text("Mã chống gửi trùng đã dùng cho nội dung khác", "The idempotency key was used for other content")


class ResyncRequired(Problem):
    slug, status = "resync-required", 410
    title = Text("Cần đồng bộ lại từ đầu", "Start the synchronisation again")


class StaleVersion(Problem):
    slug, status = "stale-version", 412
    title = Text("Bản ghi đã được người khác sửa trước", "Someone changed this record first")


class TooLarge(Problem):
    slug, status = "too-large", 413
    title = Text("Nội dung gửi lên quá lớn", "The body is too large")


class DoesNotBalance(Problem):
    slug, status = "does-not-balance", 409
    title = Text("Số liệu của báo cáo không khớp", "The numbers of the report do not balance")


class TooManyForOnePaper(Problem):
    slug, status = "paper-too-large", 409
    title = Text("Quá nhiều hộ cho một lần in", "Too many households for one paper")


class VersionRequired(Problem):
    slug, status = "version-required", 428
    title = Text("Cần cho biết phiên bản đã đọc (If-Match)", "Say which version you read (If-Match)")


class TooManyAttempts(Problem):
    slug, status = "too-many-attempts", 429
    title = Text("Sai quá nhiều lần, hãy chờ rồi thử lại", "Too many attempts, wait and try again")


class WrongOffset(Problem):
    slug, status = "wrong-offset", 409
    title = Text("Chỗ gửi tiếp không khớp với phần đã nhận", "The file does not go on at this place")


class RangeNotSatisfiable(Problem):
    slug, status = "range-not-satisfiable", 416
    title = Text("Tệp không có phần được hỏi", "The file does not have the part asked for")


class HashMismatch(Problem):
    slug, status = "hash-mismatch", 422
    title = Text("Tệp nhận được không đúng như đã khai", "What arrived is not the file that was declared")


class InternalError(Problem):
    slug, status = "internal-error", 500
    title = Text("Máy chủ gặp lỗi, dữ liệu của bạn chưa bị thay đổi", "The server failed, nothing was changed")


class Unavailable(Problem):
    slug, status = "unavailable", 503
    title = Text(
        "Máy chủ đang bận hoặc đang khởi động lại, hãy thử lại sau ít phút",
        "The server is not available now, try again soon",
    )

    def __init__(self, vi: str = "", en: str = "", **extras: Any) -> None:
        # not the same for all: tablets that were turned away together would come back together
        seconds = random.randint(*_RETRY_AFTER)  # noqa: S311
        super().__init__(vi, en, headers={"Retry-After": str(seconds)}, **extras)


# The kinds below are only met inside a sync receipt: the batch itself is answered with 200.


class UnknownEntity(Problem):
    slug, status = "unknown-entity", 422
    title = Text("Loại bản ghi này máy chủ chưa biết", "The server does not know this kind of record")


class UnknownFormVersion(Problem):
    slug, status = "unknown-form-version", 422
    title = Text("Phiên bản phiếu này máy chủ chưa biết", "The server does not know this version of the form")


class SubmissionIdReused(Problem):
    slug, status = "submission-id-reused", 409
    title = Text(
        "Mã lần gửi đã dùng cho nội dung khác; cả hai nội dung đều được giữ",
        "The submission id was used for other content; both are kept",
    )


class Superseded(Problem):
    slug, status = "superseded", 409
    title = Text("Cán bộ đã chọn giá trị khác", "A person decided for the other value")
