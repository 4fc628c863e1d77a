"""Citizen numbers at rest, and what holds them: sealed with AES-GCM, found again by a keyed hash. No key lives in the
database.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
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
    def _index_state(self) -> HMAC:
        return HMAC(self._derive(b"giamngheo personal-id index v1"), SHA256())

    @cached_property
    def _content_sealer(self) -> AESGCM:
        return AESGCM(self._derive(b"giamngheo content seal v1"))

    @cached_property
    def _content_state(self) -> HMAC:
        return HMAC(self._derive(b"giamngheo content fingerprint v1"), SHA256())

    def _derive(self, info: bytes) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=32, info=info).derive(self.secret)

    def seal(self, number: str, member_id: UUID) -> bytes:
        """The number of this member, sealed. Bound to the member: a ciphertext copied to another row does not open."""
        nonce = _nonce()
        return _KEY_VERSION + nonce + self._sealer.encrypt(nonce, number.encode(), member_id.bytes)

    def open(self, sealed: bytes, member_id: UUID) -> str:
        """The number in clear. Raises cryptography's InvalidTag where row or key are not those it was sealed for."""
        return self._sealer.decrypt(sealed[1:13], sealed[13:], member_id.bytes).decode()

    def index(self, number: str) -> bytes:
        """Sixteen bytes equal for equal numbers, and useless without the key: exact search and duplicates."""
        return _hmac(self._index_state, number.encode())[:16]

    def seal_bytes(self, content: bytes, row_id: UUID) -> bytes:
        """Something that may hold a citizen number, sealed and bound to its row, like `seal`."""
        nonce = _nonce()
        return _KEY_VERSION + nonce + self._content_sealer.encrypt(nonce, content, row_id.bytes)

    def open_bytes(self, sealed: bytes, row_id: UUID) -> bytes:
        """What `seal_bytes` sealed. Raises InvalidTag like `open`."""
        return self._content_sealer.decrypt(sealed[1:13], sealed[13:], row_id.bytes)

    def fingerprint(self, content: bytes) -> bytes:
        """Equal for equal content. Keyed: a bare hash would let anybody try all the numbers content may hold."""
        return _hmac(self._content_state, content)


# Random bytes, drawn many at a time: the call of the kernel costs as much as the sealing, and lets go of the
# interpreter's lock, which with several requests at work is a change of threads. No two seals may have one nonce:
# `pop` hands out each once, whatever the threads, and a forked child draws its own.
_NONCES: list[bytes] = []
_NONCE, _DRAWN = 12, 256
os.register_at_fork(after_in_child=_NONCES.clear)


def _nonce() -> bytes:
    try:
        return _NONCES.pop()
    except IndexError:
        drawn = os.urandom(_NONCE * _DRAWN)
        _NONCES.extend(drawn[at : at + _NONCE] for at in range(_NONCE, len(drawn), _NONCE))
        return drawn[:_NONCE]


def _hmac(keyed: HMAC, content: bytes) -> bytes:
    # the key is taken in once: a copy of that state costs 0.8 microseconds where hmac.digest starts anew in 1.8
    state = keyed.copy()
    state.update(content)
    return state.finalize()


def mask(last4: str) -> str:
    """What everybody else sees: `********1234`."""
    return "********" + last4
