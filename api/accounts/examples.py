"""What good answers of this folder look like, for the OpenAPI document."""

from typing import Any

TOKENS: dict[str, Any] = {
    "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJnaWFtbmdoZW8ifQ.c2lnbmF0dXJl",
    "refresh_token": "0b9d7a52-3c59-4f3c-8a8e-2f0d1f6c9b11.1.3q2-7w",
    "token_type": "bearer",
    "expires_in": 1800,
}
GRANT: dict[str, Any] = {
    "id": "96442329-91b0-5ed0-a18d-9d897bc7af49",
    "role": "hamlet_surveyor",
    "area_id": "0c1cd0c6-8f0c-58f2-9d2c-1f6a4c0b5e33",
    "area_code": "14080-03",
    "area_name": "Xóm 3",
    "head": True,
    "valid_from": "2024-01-01",
    "valid_to": None,
}
ME: dict[str, Any] = {
    "id": "7647f75b-5bb2-576d-9e47-f03a672a3b82",
    "username": "xom-3",
    "full_name": "Nguyễn Văn Bình",
    "grants": [GRANT],
    "permissions": ["areas:read", "households:read", "households:write"],
    "device": {"id": "5f0f7c0e-6f0d-4e7e-9b55-0b8b6b1c2d3e", "name": "Máy tính bảng xóm 3"},
}
USER: dict[str, Any] = {
    "id": "7647f75b-5bb2-576d-9e47-f03a672a3b82",
    "username": "xom-3",
    "full_name": "Nguyễn Văn Bình",
    "disabled": False,
    "disabled_at": None,
    "version": 1,
    "created_at": "2024-01-02T08:00:00+07:00",
    "updated_at": "2024-01-02T08:00:00+07:00",
    "grants": [GRANT],
}
NEW_USER: dict[str, Any] = {
    "username": "xom-3",
    "full_name": "Nguyễn Văn Bình",
    "grants": [{"role": "hamlet_surveyor", "area_id": GRANT["area_id"], "head": True}],
}
ROLES: dict[str, Any] = {
    "items": [
        {
            "role": "commune_chair",
            "label": {"vi": "Chủ tịch UBND xã", "en": "Commune chair"},
            "levels": ["commune"],
            "permissions": [{"permission": "recognitions:sign", "head_only": False, "basis": "Q"}],
        }
    ]
}
