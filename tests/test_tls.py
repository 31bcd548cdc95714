"""Certificate files that a phone would not accept are named before the server starts."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from onnuri.cli import main
from onnuri.errors import BadInput
from onnuri.tls import require_usable

NOW = datetime(2026, 5, 22, 5, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def written(folder, *, begins=NOW - DAY, ends=NOW + DAY, password=None, name="hall"):
    """(certificate file, key file) of a certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hall.example")])
    names = x509.SubjectAlternativeName([x509.DNSName("hall.example"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
        .not_valid_before(begins).not_valid_after(ends).add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return str(files[0]), str(files[1])


def test_a_good_pair_says_for_whom_it_is(tmp_path):
    assert require_usable(*written(tmp_path), at=NOW) == ["hall.example", "127.0.0.1"]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"ends": NOW - timedelta(hours=1)}, "--tls-cert: .* expired on 2026-05-22 04:00 UTC"),
        ({"begins": NOW + timedelta(hours=1)}, "--tls-cert: .* is not valid before 2026-05-22 06:00 UTC"),
        ({"password": b"secret"}, "--tls-key: .* is locked with a password"),
    ],
    ids=["expired", "not yet", "locked"],
)
def test_a_pair_no_phone_accepts_is_named(tmp_path, about, said):
    with pytest.raises(BadInput, match=said):
        require_usable(*written(tmp_path, **about), at=NOW)


def test_a_key_of_another_certificate_is_named(tmp_path):
    own, _ = written(tmp_path)
    _, other = written(tmp_path, name="other")

    with pytest.raises(BadInput, match=r"--tls-key: .*other\.key is not the key of .*hall\.pem"):
        require_usable(own, other, at=NOW)


@pytest.mark.parametrize(("broken", "said"), [(0, "holds no certificate"), (1, "holds no private key")])
def test_a_file_that_is_something_else_is_named(tmp_path, broken, said):
    files = list(written(tmp_path))
    files[broken] = __file__

    with pytest.raises(BadInput, match=said):
        require_usable(*files, at=NOW)


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_file_is_named(tmp_path, missing):
    files = list(written(tmp_path))
    files[missing] = str(tmp_path / "nowhere.pem")

    with pytest.raises(BadInput, match=r"nowhere\.pem cannot be read \(No such file or directory\)"):
        require_usable(*files, at=NOW)


def test_one_file_without_the_other_starts_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ONNURI_DATA", str(tmp_path / "data"))

    assert main(["serve", "--tls-cert", written(tmp_path)[0]]) == 2
    assert capsys.readouterr().err.strip() == "onnuri: --tls-cert, --tls-key: give both: the certificate and its key"
    assert not (tmp_path / "data").exists()
