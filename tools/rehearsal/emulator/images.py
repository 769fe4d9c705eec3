"""Adds the fck-nat image of `sst.aws.Vpc`'s `nat: "ec2"`; moto has Amazon's images only."""

from moto.ec2.models.amis import AMIS

FCK_NAT = {
    "ami_id": "ami-0fc4a7fc4a7fc4a70",
    "name": "fck-nat-al2023-hvm-1.3.0-arm64-ebs",
    "owner_id": "568608671756",
    "architecture": "arm64",
    "description": "fck-nat",
}


def install() -> None:
    AMIS.append({**AMIS[0], **FCK_NAT})
