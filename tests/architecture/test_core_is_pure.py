"""Anyone can recompute a record with NumPy, SciPy and cryptography alone."""

import subprocess
import sys

import pytest

CORE = ["onnuri.landscape", "onnuri.conclusion", "onnuri.record", "onnuri.pipeline"]
SERVER = {"django", "msgspec", "uvicorn", "uvloop", "a2wsgi", "whitenoise", "psycopg", "segno"}
LOADED_BY = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.mark.parametrize("module", CORE)
def test_the_core_is_computed_without_a_server(module):
    done = subprocess.run([sys.executable, "-c", LOADED_BY, module], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.split())
    assert loaded & SERVER == set()


def test_the_check_would_notice_a_server():
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY, "django.utils.timezone"], capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) & SERVER == {"django"}
