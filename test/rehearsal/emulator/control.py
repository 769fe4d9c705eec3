"""Reads what the rehearsal wants of the emulator, each time anew, so that it can change while the emulator runs.

The JSON file named by `EMULATOR_CONTROL` may have `refreshOutcome` ("Successful", "Failed" or "RollbackSuccessful"),
`refreshReason` and `refreshSeconds` (how long a refresh takes). A missing file or key means the default.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Control:
    refresh_outcome: str = "Successful"
    refresh_reason: str = "The rehearsal asked for this outcome."
    refresh_seconds: float = 3


def read() -> Control:
    path = Path(os.environ.get("EMULATOR_CONTROL", ""))
    wanted = json.loads(path.read_text()) if path.is_file() else {}
    return Control(
        refresh_outcome=wanted.get("refreshOutcome", Control.refresh_outcome),
        refresh_reason=wanted.get("refreshReason", Control.refresh_reason),
        refresh_seconds=float(wanted.get("refreshSeconds", Control.refresh_seconds)),
    )
