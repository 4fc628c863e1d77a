"""PURE: does a file begin as its media type says?"""

# what stands at the very beginning of such a file; of WebP and PDF see below
_BEGINNINGS = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
# readers of PDF look for its mark in the first 1024 bytes (ISO 32000-1, Annex H.3)
HEAD_BYTES = 1024


def begins_as(media_type: str, head: bytes) -> bool:
    """`head`: the first HEAD_BYTES of the file, or all of it."""
    if media_type == "image/webp":
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if media_type == "application/pdf":
        return b"%PDF-" in head
    return head.startswith(_BEGINNINGS[media_type]) if media_type in _BEGINNINGS else False
