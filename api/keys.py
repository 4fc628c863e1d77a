"""Citizen numbers at rest: sealed with AES-GCM, found again by a blind index. Neither key lives in the database."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

# First byte of every ciphertext: which key sealed it, so that a key can be changed one row at a time.
_KEY_VERSION = b"\x01"


@dataclass(frozen=True)
class IdKey:
    """Seals and opens citizen numbers. A twelve-digit space is small: whoever has this key can guess every number."""

    secret: bytes

    @cached_property
    def _sealer(self) -> AESGCM:
        return AESGCM(self._derive(b"giamngheo personal-id seal v1"))

    @cached_property
    def _index_key(self) -> bytes:
        return self._derive(b"giamngheo personal-id index v1")

    def _derive(self, info: bytes) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=32, info=info).derive(self.secret)

    def seal(self, number: str, member_id: UUID) -> bytes:
        """The number of this member, sealed. Bound to the member: a ciphertext copied to another row does not open."""
        nonce = os.urandom(12)
        return _KEY_VERSION + nonce + self._sealer.encrypt(nonce, number.encode(), member_id.bytes)

    def open(self, sealed: bytes, member_id: UUID) -> str:
        """The number in clear. Raises cryptography's InvalidTag where row or key are not those it was sealed for."""
        return self._sealer.decrypt(sealed[1:13], sealed[13:], member_id.bytes).decode()

    def index(self, number: str) -> bytes:
        """Sixteen bytes equal for equal numbers, and useless without the key: exact search and duplicates."""
        return hmac.digest(self._index_key, number.encode(), hashlib.sha256)[:16]


def mask(last4: str) -> str:
    """What everybody else sees: `********1234`."""
    return "********" + last4
