"""Starts moto with the additions that a deploy rehearsal needs: `python emulator --host 127.0.0.1 --port 5000`.

The options are those of `moto_server`; state lives in memory. `EMULATOR_CONTROL` names a JSON file with the
outcome of instance refreshes, see `instance_refresh.py`.
"""

import logging
import os

# Read when moto is imported: without it AmazonSSMManagedInstanceCore and its like do not exist.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

import booted_instances  # noqa: E402
import buckets  # noqa: E402
import images  # noqa: E402
import instance_refresh  # noqa: E402
import launch_template_versions  # noqa: E402
import master_passwords  # noqa: E402
import monitoring  # noqa: E402
import parameters  # noqa: E402
import pipelines  # noqa: E402
import quotas  # noqa: E402
import simulation  # noqa: E402
from moto.server import main  # noqa: E402

for addition in (
    booted_instances,
    buckets,
    images,
    instance_refresh,
    launch_template_versions,
    master_passwords,
    monitoring,
    parameters,
    pipelines,
    quotas,
    simulation,
):
    addition.install()
logging.getLogger("werkzeug").setLevel(logging.WARNING)
main()
