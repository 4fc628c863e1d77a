"""A request that the commune refuses in writing, as officer and chair do it over HTTP."""

from collections.abc import Callable

import httpx

SignIn = Callable[[str], httpx.Client]
REFUSALS = "/api/v1/refusals"
WHY = "Tổng điểm B1 là 155, cao hơn 140"
SIGNATURE = {"number": "31/TB-UBND", "signed_on": "2024-10-28", "signatory": "Chủ tịch UBND xã"}


def prepare(officer: httpx.Client, request_id: str, reasons: str = WHY) -> httpx.Response:
    return officer.post(REFUSALS, json={"request_id": request_id, "reasons": reasons})


def sign(chair: httpx.Client, request_id: str, **more: str) -> httpx.Response:
    """The signature of the letter as it was prepared."""
    address = f"{REFUSALS}/{request_id}/signature"
    return chair.post(address, json=SIGNATURE | more, headers={"If-Match": '"1"'})


def refused(sign_in: SignIn, request_id: str, **more: str) -> None:
    """Prepared by the officer, and signed by the chair."""
    prepared = prepare(sign_in("truc-thai"), request_id)
    assert prepared.status_code == 201, prepared.text
    signed = sign(sign_in("chu-tich"), request_id, **more)
    assert signed.status_code == 200, signed.text
