"""Tables as files: CSV as people's programs write it, and XLSX. Read as text; written so that no cell is a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineWorkbook

from onnuri.errors import TooLarge, Unprocessable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Cell = str | int | None

LARGEST_FILE: Final = 5 * 1024 * 1024
LARGEST_UNPACKED: Final = 100 * 1024 * 1024
"""A workbook is a ZIP: five megabytes can hold five thousand."""
MOST_ROWS: Final = 10_000
DELIMITERS: Final = ",;\t"
RISKY: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Spreadsheets read a cell that begins so as a formula, and some read the fullwidth twins alike."""
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


# ---- reading


def read_table(content: bytes) -> list[list[str]]:
    """The rows of a CSV, XLSX or XLS file, as text; what it is, its bytes say and not its name.

    Raises:
        TooLarge, Unprocessable: too_large, import_file, import_encoding, import_empty, import_rows.
    """
    if len(content) > LARGEST_FILE:
        raise TooLarge("too_large", field="file", limit=LARGEST_FILE)
    is_workbook = content.startswith((b"PK\x03\x04", OLD_EXCEL))
    rows = _workbook_rows(content) if is_workbook else _csv_rows(_decoded(content))
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not any(cell.strip() for row in rows for cell in row):
        raise Unprocessable("import_empty", field="file")
    if len(rows) > MOST_ROWS + 1:
        raise Unprocessable("import_rows", field="file", most=MOST_ROWS)
    return [[undefended(cell) for cell in row] for row in rows]


def _decoded(content: bytes) -> str:
    # UTF-16 only by its mark; CP949 is what Korean Excel saves, and it refuses nearly all UTF-8, never the reverse.
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unprocessable("import_encoding", field="file")


def _csv_rows(text: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error:
        raise Unprocessable("import_file", field="file") from None
    return rows


def delimiter_of(text: str) -> str:
    r"""What parts the cells: the one that gives the first row most of them.

    >>> delimiter_of("name;email\nKim, Jun;jun@example.kr"), delimiter_of("name\temail"), delimiter_of("name")
    (';', '\t', ',')
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))


def _workbook_rows(content: bytes) -> list[list[str]]:
    try:
        if not content.startswith(OLD_EXCEL):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                    raise TooLarge("too_large", field="file", limit=LARGEST_FILE)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            found = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError):
        raise Unprocessable("import_file", field="file") from None
    return [[_text(value) for value in row] for row in found]


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a workbook holds
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ---- writing


def harmless(cell: Cell) -> Cell:
    """A cell no spreadsheet takes for a formula: text that begins like one gets an apostrophe before it.

    >>> harmless("=1+1"), harmless(" @a"), harmless("-"), harmless(-1), harmless("김수")
    ("'=1+1", "' @a", "'-", -1, '김수')
    """
    if not isinstance(cell, str):
        return cell
    begins = (cell[:1], cell.lstrip()[:1])
    return "'" + cell if any(one in RISKY for one in begins if one) else cell


def undefended(cell: str) -> str:
    """The text of a cell that `harmless` wrote.

    >>> undefended("'=1+1"), undefended("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell


def csv_pieces(rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """A CSV in pieces, with the mark by which Excel knows UTF-8."""
    yield b"\xef\xbb\xbf"
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def xlsx(rows: Iterable[Iterable[Cell]], folder: str) -> bytes:
    """A workbook of one sheet, its first row a head.

    Args:
        rows: one by one; they never are in memory together.
        folder: where rows lie while it is written; whoever may read it may read them.
    """
    out = io.BytesIO()
    options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, head = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                value = harmless(cell)
                if isinstance(value, int):
                    sheet.write_number(y, x, value)
                elif value:
                    sheet.write_string(y, x, value, None if y else head)
    return out.getvalue()
