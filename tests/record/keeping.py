"""Golden records: of every format and method there was, to be verified for ever.

python -m tests.record.keeping [FOLDER]     writes those of today's format and method; none that is there is touched
"""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.record.sittings import RULES, sit, sitting, sitting_without_conclusion
from tests.record.test_report import export_folder

from onnuri.landscape.export import read_export
from onnuri.pipeline import export_record
from onnuri.record.document import FORMAT_VERSION
from onnuri.record.sealed_rows import seal_rows
from onnuri.record.signature import new_key
from onnuri.vocabulary import METHOD_VERSION

GOLDEN = Path(__file__).parent / "golden"


def records():
    """Name -> zip: a conclusion, none, and an export with answers filled in."""
    with TemporaryDirectory() as folder:
        export = read_export(export_folder(Path(folder)))
        return {
            "sitting": sitting().data,
            "no-conclusion": sitting_without_conclusion().data,
            "export": export_record(export, size=3, pem=new_key())[1].data,
            **_sealed(),
        }


def _sealed():
    """A record with sealed rows, and the auditor's beside it."""
    done = sit(rules=replace(RULES, rows="sealed", auditors=("An auditor (invented)",)))
    box = seal_rows(done.content, done.pem)
    return {"sealed": box.public.data, "sealed-rows": box.auditors.data}


def keep(folder=GOLDEN):
    for name, data in records().items():
        # "x": a published record never changes.
        with suppress(FileExistsError), (folder / named(name)).open("xb") as file:
            file.write(data)


def named(name):
    return f"format-{FORMAT_VERSION}-method-{METHOD_VERSION}-{name}.zip"


if __name__ == "__main__":
    keep(*map(Path, sys.argv[1:]))
