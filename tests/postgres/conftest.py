"""The private cluster, for every file of this folder."""

from tests.postgres.test_on_postgres import cluster

__all__ = ["cluster"]
