"""Starts moto with the rehearsal's additions: `python emulator --host 127.0.0.1 --port 5000`.

State is in memory. `EMULATOR_CONTROL` names a JSON file of settings, see `control.py`; `EMULATOR_CALLS` a log of calls,
see `recorder.py`; `EMULATOR_HOSTILE` the layers of `hostile/` to turn on.
"""

import argparse
import os
import signal
import sys

# Read when moto is imported: without it AmazonSSMManagedInstanceCore and its like do not exist.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
# Seconds until a certificate is issued; a minute otherwise.
os.environ["MOTO_ACM_VALIDATION_WAIT"] = "1"

import balancer_refusals  # noqa: E402
import balancers  # noqa: E402
import booted_instances  # noqa: E402
import bucket_lifecycles  # noqa: E402
import buckets  # noqa: E402
import budgets  # noqa: E402
import connections  # noqa: E402
import databases  # noqa: E402
import distributions  # noqa: E402
import group_settings  # noqa: E402
import hostile  # noqa: E402
import images  # noqa: E402
import instance_refresh  # noqa: E402
import judged  # noqa: E402
import launch_templates  # noqa: E402
import launches  # noqa: E402
import mixed_groups  # noqa: E402
import monitoring  # noqa: E402
import parameters  # noqa: E402
import pipelines  # noqa: E402
import quotas  # noqa: E402
import recorder  # noqa: E402
import security_group_rules  # noqa: E402
import server  # noqa: E402
import simulation  # noqa: E402
import source_credentials  # noqa: E402
import terminations  # noqa: E402
import table_ceilings  # noqa: E402
import vpc_origins  # noqa: E402
import webhooks  # noqa: E402
import zones  # noqa: E402

ADDITIONS = (
    balancer_refusals,
    balancers,
    booted_instances,
    bucket_lifecycles,
    buckets,
    budgets,
    databases,
    distributions,
    group_settings,
    images,
    instance_refresh,
    launch_templates,
    launches,
    mixed_groups,
    monitoring,
    parameters,
    pipelines,
    quotas,
    security_group_rules,
    simulation,
    source_credentials,
    terminations,
    table_ceilings,
    vpc_origins,
    webhooks,
    zones,
)

parser = argparse.ArgumentParser(prog="emulator")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=5000)
arguments = parser.parse_args()

for addition in ADDITIONS:
    addition.install()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server.serve(arguments.host, arguments.port, [connections.around, hostile.around, judged.around, recorder.around])
