"""Signatures: only this key over only this digest."""

import base64
import hashlib

import pytest

from onnuri.record.signature import fingerprint, holds, new_key, sign

DIGEST = hashlib.sha256(b"a record").hexdigest()
OTHER = hashlib.sha256(b"another record").hexdigest()


@pytest.fixture(scope="module")
def key():
    return new_key()


def test_what_was_signed_holds_and_nothing_else_does(key):
    signed = sign(key, DIGEST)

    assert holds(signed, DIGEST)
    assert not holds(signed, OTHER)
    assert not holds({**signed, "digest": OTHER}, OTHER)


def test_the_same_key_signs_the_same_digest_alike(key):
    assert sign(key, DIGEST) == sign(key, DIGEST)


def test_another_key_cannot_sign_in_this_ones_name(key):
    mine, theirs = sign(key, DIGEST), sign(new_key(), DIGEST)

    assert mine["public_key"] != theirs["public_key"]
    assert holds(theirs, DIGEST)
    assert not holds({**theirs, "public_key": mine["public_key"]}, DIGEST)


def test_the_example_of_rfc_8032():
    # Section 7.1, test 1: the public key of the empty message.
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )

    signed = {
        "algorithm": "Ed25519",
        "digest": "",
        "public_key": base64.b64encode(public).decode(),
        "signature": base64.b64encode(signature).decode(),
    }

    assert holds(signed, "")
    assert not holds(signed, "x")


@pytest.mark.parametrize("name", ["algorithm", "digest", "public_key", "signature"])
@pytest.mark.parametrize("value", [None, 5, [], "", "AAAA", "not base64!", "디지털"])
def test_whatever_stands_in_a_signature_it_is_no_more_than_wrong(key, name, value):
    signed = sign(key, DIGEST)

    assert not holds({**signed, name: value}, DIGEST)
    assert not holds({n: v for n, v in signed.items() if n != name}, DIGEST)


def test_a_fingerprint_is_the_digest_of_the_key(key):
    public = sign(key, DIGEST)["public_key"]

    assert fingerprint(public) == hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]
    assert fingerprint(public) != fingerprint(sign(new_key(), DIGEST)["public_key"])
