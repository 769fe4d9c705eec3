"""The tools' AWS provider for an app that has another version of @pulumi/aws.

    python provider.py VERSION PLUGIN ADDRESS

The tools know version 6. From version 7 on `getRegion` says `region`, and the settings of a bucket have no "V2" at
the end of their names. Terraform's types and the calls are the same.
"""

import dataclasses
import runpy
import sys

VERSION, PLUGIN, *ARGUMENTS = sys.argv[1:]
sys.path.insert(0, PLUGIN)

import invokes  # noqa: E402
import provider  # noqa: E402
import tables  # noqa: E402
from kind import KINDS  # noqa: E402

provider.VERSION = VERSION
get_region = invokes.region


@invokes.invoke("index/getRegion:getRegion")
def region(aws, args: dict) -> dict:
    found = get_region(aws, {"name": args.get("region") or args.get("name")})
    return {**found, "region": found["name"]}


tables.load()
for token, kind in list(KINDS.items()):
    renamed = token.replace("V2", "")
    if token.startswith("aws:s3/") and renamed not in KINDS:
        KINDS[renamed] = dataclasses.replace(kind, token=renamed)

sys.argv = [PLUGIN, "resource-aws", *ARGUMENTS]
runpy.run_path(f"{PLUGIN}/__main__.py", run_name="__main__")
