"""What a check of a record found, and how it was looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RECOMPUTED: Final = "recomputed"
MATCHES: Final = "matches the digest"
AUDITOR: Final = "auditor only"
"""Not checked: only the auditors have the rows it would be computed from."""


@dataclass(frozen=True)
class Finding:
    """One check: `what`, whether it holds, how it was checked, and where it does not.

    Of what only an auditor can check `ok` says that nothing speaks against it; `how` says that nobody looked.
    """

    what: str
    ok: bool
    how: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """All findings; `digest` is the record's, `key` the fingerprint of whoever signed it, if anybody did."""

    digest: str
    findings: tuple[Finding, ...]
    key: str | None = None

    @property
    def ok(self) -> bool:
        """Only if everything holds."""
        return all(f.ok for f in self.findings)

    @property
    def unchecked(self) -> int:
        """How much was left to the auditors."""
        return sum(f.how == AUDITOR for f in self.findings)
