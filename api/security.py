"""Passwords and tokens: hashing, issuing, reading. No database.

python-jose accepts far too much by default (a token without `exp`, or without `aud`; an algorithm the
token itself names). Every call goes through this wrapper: one algorithm, one parsed key, required claims.
"""

import base64
import hashlib
import hmac
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from jose import JWTError, jwk, jwt
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_ALGORITHM = "ES256"
_ISSUER = "giamngheo"
_AUDIENCE = "giamngheo-api"
# not exp and iat: the library would then judge them by its own clock, whatever the other options say
_REQUIRED = ("iss", "aud", "sub")

# OWASP's parameters for Argon2id (19 MiB, 2 passes): a commune's server is small, and a hash of 64 MiB for
# each of twenty tablets that wake up together would be an outage.
_HASHER = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))
_HASHES_AT_ONCE = threading.BoundedSemaphore(4)

# Verified against when the account does not exist, so that the time taken tells nobody which names exist.
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    with _HASHES_AT_ONCE:
        return _HASHER.hash(password)


def password_matches(password: str, stored: str | None) -> bool:
    """Takes as long for an unknown account (`stored` None) as for a known one."""
    with _HASHES_AT_ONCE:
        matches = _HASHER.verify(password, stored or _NOBODY)
    return matches and stored is not None


@dataclass(frozen=True)
class AccessToken:
    """What a token says: who, in which session, of which generation. Never where: grants are read per request."""

    account_id: UUID
    session_id: UUID
    generation: int


@dataclass(frozen=True)
class Tokens:
    """Issues and reads both kinds of token. Access: signed, short. Refresh: derived, so that nothing is stored."""

    token_key_pem: str
    refresh_key: bytes

    @cached_property
    def _private(self) -> Any:
        return jwk.construct(self.token_key_pem, _ALGORITHM)

    @cached_property
    def _public(self) -> Any:
        # PEM, parsed once: with a DER key, or with the algorithm left to the token, a forged HS256 token passes
        public = load_pem_private_key(self.token_key_pem.encode(), None).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return jwk.construct(pem.decode(), _ALGORITHM)

    def issue_access(self, token: AccessToken, now: datetime, seconds: int) -> str:
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(token.account_id),
            "sid": str(token.session_id),
            "gen": token.generation,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=seconds)).timestamp()),
        }
        return str(jwt.encode(claims, self._private, algorithm=_ALGORITHM))

    def read_access(self, token: str, now: datetime) -> AccessToken | None:
        """What the token says, or None for one that is not ours, is malformed or has expired."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                # expiry is judged below by the commune's clock, the one that issued it
                options={f"require_{claim}": True for claim in _REQUIRED} | {"verify_exp": False, "verify_iat": False},
            )
            if int(claims["exp"]) <= now.timestamp() or not claims["iat"]:  # an infinite one overflows
                return None
            return AccessToken(UUID(claims["sub"]), UUID(claims["sid"]), int(claims["gen"]))
        except (JWTError, KeyError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
            # the last two: an infinite `exp`, a header nested too deep to be parsed
            return None

    def refresh(self, session_id: UUID, generation: int) -> str:
        """The refresh token of this generation, the same at every call: a lost answer can be given again."""
        body = f"{session_id}.{generation}"
        seal = hmac.digest(self.refresh_key, body.encode(), hashlib.sha256)
        return f"{body}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"

    def read_refresh(self, token: str) -> tuple[UUID, int] | None:
        """(session, generation), or None for a token we did not derive."""
        try:
            session, generation, _ = token.split(".")
            session_id, number = UUID(session), int(generation)
        except ValueError:
            return None
        if number < 1 or not hmac.compare_digest(
            self.refresh(session_id, number).encode(), token.encode("utf-8", "replace")
        ):
            return None
        return session_id, number
