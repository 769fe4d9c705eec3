"""The emulator's settings, read anew each time, so that they can change while it runs.

The JSON file named by `EMULATOR_CONTROL` may have `refreshOutcome` ("Successful", "Failed" or "RollbackSuccessful"),
`refreshReason` and `refreshSeconds` (how long a refresh takes), `quotas` by code, for those that are not the default,
`judge` and `judged` (see `judged.py`), and `targets` (see `booted_instances.py`). A missing file or key means the default.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path


# Of an account that has asked for more vCPUs, on demand and Spot; five addresses, as every account has at first.
QUOTAS = {"L-1216C47A": 64.0, "L-34B43A08": 64.0, "L-0263D0A3": 5.0}


@dataclass(frozen=True)
class Control:
    refresh_outcome: str = "Successful"
    refresh_reason: str = "The rehearsal asked for this outcome."
    refresh_seconds: float = 3
    quotas: dict[str, float] = field(default_factory=lambda: dict(QUOTAS))
    judge: str = ""
    judged: tuple[str, ...] = ()
    targets: dict[str, str] = field(default_factory=dict)


def read() -> Control:
    path = Path(os.environ.get("EMULATOR_CONTROL", ""))
    wanted = json.loads(path.read_text()) if path.is_file() else {}
    return Control(
        refresh_outcome=wanted.get("refreshOutcome", Control.refresh_outcome),
        refresh_reason=wanted.get("refreshReason", Control.refresh_reason),
        refresh_seconds=float(wanted.get("refreshSeconds", Control.refresh_seconds)),
        quotas={**QUOTAS, **wanted.get("quotas", {})},
        judge=wanted.get("judge", ""),
        judged=tuple(wanted.get("judged", [])),
        targets=wanted.get("targets", {}),
    )
