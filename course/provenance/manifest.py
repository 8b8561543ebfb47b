"""A signed statement inside a file: what made it, of what, and that no byte of it has changed since (C2PA).

    a film, and what is to be said -> c2pa-python -> the film with a manifest in it, signed by this computer's maker
    a file -> `read` -> what it says, by whom, and whether it is still the file that was signed

The signature proves that the statement and the film belong together, and nothing about who signed: the chain of
certificates is one that anybody can make. Nothing is sent anywhere or looked up: no time stamp, no list of trusted
issuers, no revocation.
"""

import json
import logging
import mmap
import os
from dataclasses import dataclass, field
from pathlib import Path

from . import maker

log = logging.getLogger("course")
# What C2PA can be written into, of what this package writes
KINDS = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/quicktime", ".png": "image/png", ".jpg": "image/jpeg",
         ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}
SETTINGS = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
            "builder": {"thumbnail": {"enabled": False}}}
MADE_WITH_NETWORKS = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
GENERATION = "living-portraits.generation"  # our own assertions
CONSENT = "living-portraits.consent"
FILM = "living-portraits.film"
SOFT_BINDING = "c2pa.soft-binding"
MARK = "living-portraits.watermark.1"  # the name of the watermark in the soft binding


def library():
    """The module c2pa, or None where it is not installed or does not load."""
    try:
        import c2pa
    except (ImportError, OSError, RuntimeError):
        return None
    return c2pa


def seal(path: Path, assertions: list, version: str, title: str) -> bool:
    """Write a signed manifest into a file, in its place; True when it is there.

    Where it cannot be, the log says so: for every film, since its absence should not go unnoticed.

    Args:
        path: a whole file; assertions: [{"label", "data"}, ...]; version: of this package; title: the file's name.
    """
    kind, c2pa = KINDS.get(path.suffix.lower()), library()
    if kind is None:
        log.warning("%s holds no signed manifest, since its kind cannot: write .mp4 for one", title)
        return False
    if c2pa is None:
        log.warning("%s holds no signed manifest: `pip install c2pa-python` for one", title)
        return False
    from . import certificates

    key, chain = maker.signer()
    statement = {"claim_generator_info": [{"name": "Living Portraits", "version": version}], "title": title,
                 "assertions": assertions}
    signed = path.with_name(f"{path.stem}-signed{path.suffix}")
    try:
        info = c2pa.C2paSignerInfo(certificates.algorithm(key), chain.encode(), key.encode(), None)
        with c2pa.Context.from_dict(SETTINGS) as context, c2pa.Signer.from_info(info) as signer:
            with c2pa.Builder(statement, context) as builder, open(path, "rb") as file, open(signed, "w+b") as out:
                builder.sign(signer, kind, file, out)
        os.replace(signed, path)
    except (c2pa.C2paError, ValueError) as problem:
        log.warning("%s holds no signed manifest, since the signer %s was refused: %s", title,
                    maker.folder() / "signer.pem", " ".join(str(problem).split()))
        return False
    finally:
        signed.unlink(missing_ok=True)
    return True


@dataclass(frozen=True)
class Manifest:
    """What a file's manifest says, and what became of it.

    state: "whole", the file is as it was signed; "changed", it is not, or the statement is not; "broken", the manifest
    cannot be read. ours: it was made with this package. mine: signed with this computer's own certificate. signer,
    issuer: names, which prove nothing. problems: C2PA's codes. assertions: {label: data}.
    """

    state: str
    ours: bool = False
    mine: bool = False
    signer: str = ""
    issuer: str = ""
    program: str = ""
    problems: list = field(default_factory=list)
    assertions: dict = field(default_factory=dict)

    @property
    def payload(self) -> int | None:
        """What the watermark should say, or None where the manifest names none."""
        binding = self.assertions.get(SOFT_BINDING, {})
        try:
            return int(binding["blocks"][0]["value"], 16) if binding.get("alg") == MARK else None
        except (KeyError, IndexError, TypeError, ValueError):
            return None


def read(path: Path) -> Manifest | None:
    """The manifest of a file; None where there is none, or where no reader is installed (see `library`)."""
    from . import certificates

    c2pa, kind = library(), KINDS.get(path.suffix.lower())
    if c2pa is None or kind is None:
        return None
    try:
        chain = maker.known_chain()
        with c2pa.Context.from_dict(_trusting(chain)) as context, open(path, "rb") as file:
            with c2pa.Reader(kind, file, context=context) as reader:
                store, state = json.loads(reader.json()), reader.get_validation_state()
    except c2pa.C2paError as problem:
        return Manifest("broken", problems=[" ".join(str(problem).split())]) if _traces(path) else None
    manifest = store["manifests"].get(store.get("active_manifest"), {})
    signature, programs = manifest.get("signature_info", {}), manifest.get("claim_generator_info") or [{}]
    program = f"{programs[0].get('name', '')} {programs[0].get('version', '')}".strip()
    problems = [one["code"] for one in store.get("validation_status", [])]
    # An issuer gives each number once: so it is the one certificate, and not only one of the same issuer.
    mine = not any(code.startswith(("signingCredential", "claimSignature")) for code in problems) and (
        certificates.serial_number(chain) == str(signature.get("cert_serial_number")))
    return Manifest("whole" if state in ("Valid", "Trusted") else "changed", program.startswith("Living Portraits"),
                    mine, signature.get("common_name", ""), signature.get("issuer", ""), program,
                    [code for code in problems if code != "signingCredential.untrusted"],
                    {one["label"]: one["data"] for one in manifest.get("assertions", [])})


def _traces(path: Path) -> bool:
    """Whether a file holds what every manifest does, though none is found: then somebody or something spoilt it."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"urn:c2pa:") >= 0


def _trusting(chain: str) -> dict:
    """Settings by which what leads to the last certificate of a chain in PEM counts as trusted."""
    from . import certificates

    roots = certificates.each(chain)[-1:]
    return {**SETTINGS, "verify": {**SETTINGS["verify"], "verify_trust": True},
            "trust": {"user_anchors": roots[0]} if roots else {}}
