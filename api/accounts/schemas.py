"""People, their rights and their tablets on the wire."""

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from api.accounts.password_rules import LONGEST
from api.accounts.permissions import Permission, Role
from api.accounts.usernames import lowered
from api.areas.tables import Level
from api.schema import AreaId, Day, Page, PersonName, Schema, Words


def _storable(value: Any) -> Any:
    # unlike other text a password is not trimmed: a space at its end is part of it
    if not isinstance(value, str):
        return value
    if any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in value):
        raise PydanticCustomError("text_not_storable", "contains a character that no text has")
    return unicodedata.normalize("NFC", value)


def _username(value: Any) -> Any:
    return lowered(value) if isinstance(value, str) else value


Username = Annotated[
    str,
    StringConstraints(min_length=2, max_length=40, pattern=r"^[a-z0-9._-]+$"),
    BeforeValidator(_username),
    Field(description="Lower-case letters, digits and `.` `_` `-`, 2 to 40; capitals are made small."),
]
# The length is a rule of passwords (with words that explain it); here only what is worth hashing at all.
Password = Annotated[str, StringConstraints(max_length=LONGEST), BeforeValidator(_storable)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class TokenForm(Schema):
    """OAuth2 password form. `client_id` may carry the id of the tablet, so that the session is bound to it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grant_type": "password", "username": "truc-thai", "password": "…"}]}
    )

    username: Annotated[str, StringConstraints(max_length=500)]
    password: Annotated[str, StringConstraints(max_length=1000)]
    grant_type: Annotated[str | None, StringConstraints(pattern="^password$")] = None
    scope: Annotated[str | None, StringConstraints(max_length=500)] = None
    client_id: UUID | None = None
    client_secret: Annotated[str | None, StringConstraints(max_length=500)] = None

    @field_validator("client_id", mode="before")
    @classmethod
    def _none_given(cls, value: Any) -> Any:
        # generic OAuth2 clients send the field even where they have nothing to say in it
        return None if value == "" else value


class RefreshIn(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"refresh_token": "018f7f6e-7f2b-7a10-9d3c-1f0a8b6c4d20.3.kq…"}]}
    )

    refresh_token: Token


class TokensOut(Schema):
    """`access_token` goes into `Authorization: Bearer …`, for `expires_in` seconds; `refresh_token` gets the next."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class PasswordChange(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"old_password": "mật khẩu cũ 2023", "new_password": "ba con trâu qua cầu"}]}
    )

    old_password: Annotated[str, StringConstraints(max_length=1000), BeforeValidator(_storable)]
    new_password: Password


class GrantIn(Schema):
    """A role in an area. `head`: the surveyor is the hamlet's head (trưởng xóm). Days are inclusive."""

    id: UUID | None = Field(default=None, description="Made by the client, so that a repeated request grants once.")
    role: Role
    area_id: AreaId
    head: bool = False
    valid_from: Day | None = Field(default=None, description="First day; today if not given.")
    valid_to: Day | None = Field(default=None, description="Last day; open if not given.")


class UserIn(Schema):
    """A new account with its first grants. Without a password one is made, and told once in the answer."""

    id: UUID | None = Field(default=None, description="Made by the client, so that a repeated request creates once.")
    username: Username
    full_name: PersonName
    password: Password | None = None
    grants: Annotated[list[GrantIn], Field(min_length=1, max_length=20)]


class UserPatch(Schema):
    """What is not named stays. Disabling and a new password end all sessions of the account."""

    full_name: PersonName | None = None
    disabled: bool | None = None
    password: Password | None = None
    generate_password: bool = Field(default=False, description="Make a new password and tell it once.")


class GrantEnd(Schema):
    last_day: Day | None = Field(default=None, description="The last day it holds; without one it ends at once.")


class GrantOut(Schema):
    id: UUID
    role: Role
    area_id: UUID
    area_code: str
    area_name: str
    head: bool
    valid_from: date
    valid_to: date | None


class UserOut(Schema):
    """`grants`: all there ever were, the newest first."""

    id: UUID
    username: str
    full_name: str
    disabled: bool
    disabled_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    grants: list[GrantOut]


class UserWithPassword(UserOut):
    """`password` is there only in the answer of the request that generated it."""

    password: str | None


class DeviceBrief(Schema):
    id: UUID
    name: str


class Me(Schema):
    """Who is signed in; `permissions` are held in at least one area of `grants`."""

    id: UUID
    username: str
    full_name: str
    grants: list[GrantOut]
    permissions: list[Permission]
    device: DeviceBrief | None


class RoleRight(Schema):
    """`head_only`: only for a surveyor who is the hamlet's head. `basis`: paragraph of the plan's section VI, Q
    (QĐ 24/2021/QĐ-TTg) or D (our design)."""

    permission: Permission
    head_only: bool
    basis: str


class RoleOut(Schema):
    """A role, the levels on which the area of a grant may lie, and what it may do there."""

    role: Role
    label: Words
    levels: list[Level]
    permissions: list[RoleRight]


class Roles(Schema):
    items: list[RoleOut]


UserPage = Page[UserOut]
