"""Content Credentials: read from a file signed here and now, absent, damaged, and lost in a re-encode."""

from __future__ import annotations

import datetime
import json
from io import BytesIO
from pathlib import Path

import pytest

from takebridge.media import credentials
from takebridge.media.credentials import read_credentials
from takebridge.testing.providers.samples import clip, picture

c2pa = pytest.importorskip("c2pa", reason="the extra 'provenance' is not installed")

MODEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG signed with a certificate made for this run."""
    path = tmp_path_factory.mktemp("signed") / "signed.png"
    action = {"action": "c2pa.created", "digitalSourceType": MODEL}
    manifest = {
        "claim_generator_info": [{"name": "Acme Pictures", "version": "2"}],
        "title": "A picture",
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }
    with c2pa.Signer.from_info(_signer()) as signer, c2pa.Builder(json.dumps(manifest)) as builder:
        out = BytesIO()
        builder.sign(signer, "image/png", BytesIO(picture("PNG")), out)
        path.write_bytes(out.getvalue())
    return path


def test_a_signed_picture_says_who_and_how(signed: Path) -> None:
    found = read_credentials(signed)
    assert found is not None
    assert (found.state, found.issuer, found.generator, found.made_by_model) == (
        "Valid",
        "Acme Signing",
        "Acme Pictures",
        True,
    )
    assert found.facts()["credentials_made_by_model"] is True


@pytest.mark.parametrize("name", ["plain.png", "plain.mp4", "words.txt", "empty.mp4"])
def test_files_without_a_manifest_have_none(name: str, tmp_path: Path) -> None:
    data = {"plain.png": picture("PNG"), "plain.mp4": clip(), "words.txt": b"no film", "empty.mp4": b""}[name]
    (tmp_path / name).write_bytes(data)
    assert read_credentials(tmp_path / name) is None


def test_a_picture_changed_after_signing_is_invalid(signed: Path, tmp_path: Path) -> None:
    data = bytearray(signed.read_bytes())
    at = data.rindex(b"IDAT") + 20
    data[at] ^= 0xFF
    (tmp_path / "changed.png").write_bytes(data)
    found = read_credentials(tmp_path / "changed.png")
    assert found is not None
    assert found.state == "Invalid"


def test_without_the_reader_nothing_is_said(signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "find_spec", lambda _: None)
    assert read_credentials(signed) is None


def _signer() -> object:
    """A signer with a chain of two certificates, as C2PA 2.1 §14.5 wants them."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(text: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.ORGANIZATION_NAME, text), x509.NameAttribute(NameOID.COMMON_NAME, text)]
        )

    now = datetime.datetime.now(datetime.UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )

    def certificate(subject: str, public: ec.EllipticCurvePublicKey, *, is_root: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("Acme Root"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        )
        if not is_root:
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
        return builder.sign(root_key, hashes.SHA256())

    pem = serialization.Encoding.PEM
    chain = certificate("Acme Signing", key.public_key(), is_root=False).public_bytes(pem)
    chain += certificate("Acme Root", root_key.public_key(), is_root=True).public_bytes(pem)
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=secret, ta_url=None)
