"""Everybody is read some people at a time: here one part after the other, or on a Dask cluster.

A part is a range of people; its sums are whole numbers. So it is irrelevant how many parts there are and who reads
them: the digest is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from onnuri.landscape.model import Model, Reading, read, together
from onnuri.landscape.sums import in_threads
from onnuri.landscape.votes import Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Cluster = Any
"""A `distributed.Client`, or the address of its scheduler. Dask has no types to name."""
PART: Final = 1 << 14
"""People who are read at a time."""


def read_parts(
    model: Model,
    rows: Rows,
    shapes: NDArray[np.bool_],
    weight: NDArray[np.int64],
    index: NDArray[np.int64],
    cluster: Cluster | None = None,
) -> Reading:
    """What the model says of everybody. See `model.read`."""

    def part(begin: int) -> tuple[Any, ...]:
        own = slice(begin, min(begin + PART, rows.people))
        return rows.part(own.start, own.stop), shapes[own], weight[own], index[own]

    begins = range(0, rows.people, PART)
    if cluster is None:
        return together(in_threads(lambda begin: read(model, *part(begin)), begins))
    return together(_on_cluster(cluster, model, [part(begin) for begin in begins]))


def _on_cluster(cluster: Cluster, model: Model, parts: list[tuple[Any, ...]]) -> list[Reading]:
    from distributed import Client  # noqa: PLC0415 - an extra, `onnuri[cluster]`

    client: Any = Client(cluster) if isinstance(cluster, str) else cluster  # type: ignore[no-untyped-call]
    try:
        shared = client.scatter(model, broadcast=True)
        own = [(_alone(rows), *rest) for rows, *rest in parts]
        futures = client.map(lambda part, model: read(model, *part), own, model=shared, pure=False)
        found: list[Reading] = client.gather(futures)
        return found
    finally:
        if isinstance(cluster, str):
            client.close()


def _alone(rows: Rows) -> Rows:
    """A part that carries its own people's votes, not a view on everybody's."""
    _, column, value = rows.flat
    return Rows(rows.starts - rows.starts[0], column.copy(), value.copy(), rows.statements)
