"""A certificate for 127.0.0.1 and who signed it, for a closed stack on this machine."""

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.chassis import clock

#: Under this name Kafka's own parts speak to each other.
SERVER = "klarmeld-local"
_VALID = timedelta(days=3650)


def make(*, ca_file: Path, server_file: Path) -> None:
    """Write the signer's certificate, whose key is forgotten, and the server's certificate with its key."""
    signer = ec.generate_private_key(ec.SECP256R1())
    name = _name("klarmeld local CA")
    ca = _begun(name, name, signer).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    ca = ca.add_extension(x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True)
    server = ec.generate_private_key(ec.SECP256R1())
    leaf = _begun(_name(SERVER), name, server).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]),
        critical=False,
    )
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    leaf = leaf.add_extension(both, critical=False)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    _write(ca_file, _signed(ca, signer))
    _write(server_file, server.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + _signed(leaf, signer))


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = clock.now()
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    ski = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.not_valid_after(now + _VALID).add_extension(ski, critical=False)


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _write(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)
