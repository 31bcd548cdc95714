"""Newer votes come to older ones: of a pair the newer one counts, and whoever did not vote again is not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from onnuri.landscape.large import compiled
from onnuri.landscape.votes import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


def merged(old: Rows, new: Rows) -> Rows:
    """The votes of the same people on the same statements, old and new.

    >>> rows = lambda column, value: Rows(np.array([0, len(column)]), np.array(column), np.array(value, np.int8), 9)
    >>> both = merged(rows([1, 5], [1, 1]), rows([3, 5], [0, -1]))
    >>> both.column.tolist(), both.value.tolist()
    ([1, 3, 5], [1, 0, -1])
    """
    row, column, value = new.flat
    at, there = _where(old, row, column)
    old_column, old_value = old.flat[1:]
    values = old_value.copy()
    values[at[there]] = value[there]
    added = ~there
    starts = old.starts - old.starts[0]
    starts[1:] += np.cumsum(np.bincount(row[added], minlength=old.people))
    return Rows(
        starts,
        _inserted(old_column, at[added], column[added].astype(old_column.dtype)),
        _inserted(values, at[added], value[added]),
        old.statements,
    )


def _where(
    old: Rows, row: NDArray[np.int64], column: NDArray[np.integer]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where the votes of these people on these statements stand among the old ones, or would; and whether they do."""
    whom = np.unique(row)
    some = old.some(whom)
    own, own_column, _ = some.flat
    key = np.append(own * old.statements + own_column, len(whom) * old.statements)
    mine = np.searchsorted(whom, row)
    wanted = mine * old.statements + column
    found = np.searchsorted(key, wanted)
    return old.starts[row] - old.starts[0] + found - some.starts[mine], key[found] == wanted


def _inserted(column: NDArray[Any], at: NDArray[np.int64], new: NDArray[Any]) -> NDArray[Any]:
    """The column with the new entries put in before the places `at`, which rise."""
    if (fast := compiled(len(column))) is None:
        return np.insert(column, at, new)
    found: NDArray[Any] = np.empty(len(column) + len(new), dtype=column.dtype)
    fast.insert(column, at, new, found)
    return found


def on_people(rows: Rows, ids: NDArray[np.int64], people: NDArray[np.int64]) -> Rows:
    """The rows of the people with these ids as rows of more `people`, sorted too; the others have no votes."""
    at = np.searchsorted(ids, people)
    return Rows(np.append(rows.starts[at], rows.starts[-1]), rows.column, rows.value, rows.statements)


def on_statements(rows: Rows, column: NDArray[np.int64], statements: int) -> Rows:
    """The rows with each statement on the `column` told, in the same order; votes on column -1 are left out."""
    row, own, value = rows.flat
    own = column[own]
    kept = own >= 0
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=rows.people))])
    narrow = np.uint16 if statements <= 1 << 16 else np.int32
    return Rows(starts, own[kept].astype(narrow), value[kept], statements)
