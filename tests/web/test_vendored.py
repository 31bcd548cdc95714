"""Files of others are what their packages brought, and the manifest says all of them."""

import hashlib
import json

from onnuri.web.assets import STATIC

VENDOR = STATIC / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text("utf-8"))


def test_every_file_is_in_the_manifest_and_is_not_changed():
    said = {f"{one['folder']}/{name}": digest for one in MANIFEST for name, digest in one["files"].items()}
    there = {
        str(file.relative_to(VENDOR)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.glob("*/*")
        if file.is_file()
    }

    assert said == there


def test_every_package_says_version_licence_and_source():
    assert [one["name"] for one in MANIFEST] == ["barcode-detector", "zxing-wasm", "@noble/ed25519", "@noble/hashes"]
    assert [one["name"] for one in MANIFEST if not all(one[k] for k in ("version", "licence", "source"))] == []
    assert all("LICENSE" in one["files"] for one in MANIFEST)
