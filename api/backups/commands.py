"""What is written about a backup that was proved."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlmodel import Session

from api import audit
from api.audit import Acting
from api.backups.tables import Backup
from api.backups.taking import Taken
from api.key_files import ConfigError

_EPOCH = text("SELECT epoch FROM feed_epoch ORDER BY started_at DESC, epoch LIMIT 1")


def record(session: Session, actor: Acting, taken: Taken) -> UUID:
    """From now on this backup counts; its id.

    Raises ConfigError where it was not proved, where a newer one is known, or where the register it was taken of is no
    longer the one in use (somebody restored another one meanwhile).
    """
    paper = taken.manifest
    b: Any = Backup
    newest: datetime | None = session.scalar(select(func.max(b.taken_at)))
    epoch = session.scalar(_EPOCH)
    if paper.verified_at is None or str(epoch) != paper.contents.epoch or (newest and newest >= paper.taken_at):
        raise ConfigError(
            "Bản sao lưu này không còn là của cơ sở dữ liệu đang dùng, hoặc đã có bản mới hơn; tệp được giữ, nhưng các "
            "máy tính bảng chưa được xoá gì vì nó.\n"
            "This backup is not of the register in use now, or a newer one is known: the file stays, nothing became "
            "durable because of it."
        )
    row = Backup(
        id=uuid4(),
        taken_at=paper.taken_at,
        verified_at=paper.verified_at,
        file_name=paper.file_name,
        size_bytes=paper.size_bytes,
        sha256=paper.sha256,
        epoch=epoch,
        submissions=paper.contents.rows("sync_submission"),
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "backups.take", "backup", [row.id], file=row.file_name, submissions=row.submissions)
    return row.id
