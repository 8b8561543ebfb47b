"""Signatures that everybody can check and one can make: Ed25519, as a pair of functions, and a film's statement."""

import hashlib
import json


def sign(text: bytes, key: bytes) -> bytes:
    """The signature, 64 bytes, of a text with a secret key of 32 bytes; the same text and key give the same."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return ed25519.Ed25519PrivateKey.from_private_bytes(key).sign(text)


def public_key(key: bytes) -> bytes:
    """The key that goes with a secret one and may be given to everybody: 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return ed25519.Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def fits(text: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the signature is of this text, by whoever has the secret of this public key."""
    from cryptography import exceptions
    from cryptography.hazmat.primitives.asymmetric import ed25519

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except exceptions.InvalidSignature:
        return False
    return True


def sign_manifest(statement: dict, film: bytes, key: bytes) -> dict:
    """A statement bound to a film and signed: {"claim": ..., "signature": ...}.

    Args:
        statement: {name: text or number}; film: the file's bytes; key: 32 bytes, secret.
    Returns:
        claim: the statement and the film's "sha256", in hexadecimal digits; signature: of the claim as JSON, its keys
        sorted, without spaces; in hexadecimal digits.
    """
    claim = {**statement, "sha256": hashlib.sha256(film).hexdigest()}
    text = json.dumps(claim, sort_keys=True, separators=(",", ":")).encode()
    return {"claim": claim, "signature": sign(text, key).hex()}


def verify(manifest: dict, film: bytes, public: bytes) -> str:
    """What is known of a film with a manifest, in words: "whole", or what does not fit.

    manifest: as `sign_manifest` gives it; public: the signer's public key.
    """
    claim = manifest["claim"]
    text = json.dumps(claim, sort_keys=True, separators=(",", ":")).encode()
    if not fits(text, bytes.fromhex(manifest["signature"]), public):
        return "the signature does not fit the statement"
    if claim.get("sha256") != hashlib.sha256(film).hexdigest():
        return "the statement is about another film, or this one was changed"
    return "whole"
