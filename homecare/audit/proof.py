"""Proof that the application itself says who acts: signed with a key that its database role cannot read (goal A8)."""

import hashlib
import hmac

from django.conf import settings

BLOCK = 64  # bytes of a block of SHA-256


def signature(message: str) -> str:
    """Sign words for the database, which holds the same key where only its owner can read it."""
    return hmac.new(_key(), message.encode(), hashlib.sha256).hexdigest()


def actor_proof(*, txid: str, actor_id: int) -> str:
    """Prove that this actor acts in this transaction; it proves nothing about any other."""
    return signature(f"{txid} {actor_id}")


def padded_blocks() -> tuple[bytes, bytes]:
    """Return the key as the database keeps it: the inner and the outer block of HMAC."""
    key = _key().ljust(BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def _key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"homecare.audit: who acts", hashlib.sha256).digest()
