"""The digests of convergence, as anybody can reckon them: the server does it in SQL, a browser in JavaScript.

record hash    the first 8 bytes of SHA-256 over the ASCII text "entity:id:version"
bucket         the last byte of the id
digest         XOR of the hashes of its records, as 16 hexadecimal digits; of an area: of all its buckets
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass
class Digest:
    """Of a set of records, in whatever order they come."""

    count: int = 0
    value: int = 0

    def add(self, entity: str, record_id: str, version: int) -> None:
        self.count += 1
        self.value ^= record_hash(entity, record_id, version)

    def __str__(self) -> str:
        return f"{self.value:016x}"


def record_hash(entity: str, record_id: str, version: int) -> int:
    """`record_id` with hyphens, in lower case."""
    named = f"{entity}:{record_id}:{version}".encode("ascii")
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big")


def bucket_of(record_id: str) -> int:
    return UUID(record_id).bytes[15]


# (area, bucket) -> its digest
Held = dict[tuple[str, int], Digest]


def digests(records: Iterable[tuple[str, str, int, str | None]]) -> Held:
    """Of (id, entity, version, area); a record whose area is not known counts nowhere."""
    found: Held = {}
    for record_id, entity, version, area_id in records:
        if area_id is not None:
            found.setdefault((area_id, bucket_of(record_id)), Digest()).add(entity, record_id, version)
    return found


def of_area(held: Held, area_id: str) -> Digest:
    whole = Digest()
    for (area, _), part in held.items():
        if area == area_id:
            whole.count += part.count
            whole.value ^= part.value
    return whole
