"""Zones that differ, as in an account; in moto they are all alike.

The first by name is a local zone that somebody opted into: DescribeAvailabilityZones answers with it like with any
other, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html. The next has not every
instance type, as use1-az3 of us-east-1 has not; which letter that zone has is another one in each account,
https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html.
"""

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

REGION = "us-east-1"
LOCAL = Zone(region_name=REGION, name="us-east-1-atl-2a", zone_id="use1-atl2-az1", zone_type="local-zone")
# The letters of which the second is the zone that lacks types, in moto.
SWAPPED = {"us-east-1a": "us-east-1e", "us-east-1e": "us-east-1a"}


def install() -> None:
    RegionsAndZonesBackend.zones[REGION].insert(0, LOCAL)
    for offering in INSTANCE_TYPE_OFFERINGS["availability-zone"][REGION]:
        offering["Location"] = SWAPPED.get(offering["Location"], offering["Location"])
