"""A chain of two certificates that nobody vouches for: a root, and the signer whom it names.

They say that two films were signed by the same maker, and not who that is. The root's key is thrown away once the
signer's certificate is signed, so that the chain cannot be made longer. Both follow C2PA's profile of certificates
(C2PA specification 2.2, 14.5).
"""

import datetime
import re
import secrets

YEARS = 20  # without a time stamp of a third party, a signature is worth nothing after its certificate ends
PURPOSES = ("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36")  # e-mail and documents: readers ask for the one or the other


def new_signer() -> str:
    """A private key (P-256) and two certificates, the signer's first, as one text in PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    number = secrets.token_hex(4)

    def name(role):
        return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Living Portraits, a maker unknown to anybody"),
                          x509.NameAttribute(NameOID.COMMON_NAME, f"{role} {number}")])

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(name("Root"), name("Root"), root_key.public_key(), root_key, authority=True)
    leaf = _certificate(name("Maker"), name("Root"), key.public_key(), root_key, authority=False)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                               serialization.NoEncryption())
    return b"".join([secret, *(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, root))]).decode()


def _certificate(subject, issuer, public_key, signing_key, authority: bool):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    now = datetime.datetime.now(datetime.timezone.utc)
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
                           "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clocks differ
        .not_valid_after(now + datetime.timedelta(days=round(365.25 * YEARS)))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )  # fmt: skip
    if not authority:
        purpose = x509.ExtendedKeyUsage([x509.ObjectIdentifier(one) for one in PURPOSES])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(signing_key, hashes.SHA256())


def parts(text: str) -> tuple[str, str]:
    """The private key and the certificates of a text in PEM; "" for what is not there."""
    blocks = re.finditer(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", text, re.DOTALL)
    found = [(block[1], block[0] + "\n") for block in blocks]
    keys = [block for kind, block in found if kind.endswith("PRIVATE KEY")]
    return (keys[0] if keys else ""), "".join(block for kind, block in found if kind == "CERTIFICATE")


def each(chain: str) -> list:
    """The certificates of a chain in PEM, one by one."""
    ends = "-----END CERTIFICATE-----"
    return [one.strip() + f"\n{ends}\n" for one in chain.split(ends)[:-1]]


def serial_number(chain: str) -> str:
    """The serial number of a chain's first certificate, in decimal digits; "" where there is none."""
    from cryptography import x509

    first = each(chain)[:1]
    return str(x509.load_pem_x509_certificate(first[0].encode()).serial_number) if first else ""


def algorithm(key: str) -> str:
    """The name that C2PA has for signatures with a key in PEM, such as "es256". Raises ValueError: it knows none."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    private = serialization.load_pem_private_key(key.encode(), None)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return {256: "es256", 384: "es384", 521: "es512"}[private.key_size]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    raise ValueError("no kind of key that C2PA signs with")
