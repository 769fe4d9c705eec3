"""Adds EC2's quotas to moto's Service Quotas, which has those of VPCs only; `control.py` sets them."""

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend

import control

NAMES = {
    "L-1216C47A": "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
    "L-34B43A08": "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests",
    "L-0263D0A3": "EC2-VPC Elastic IPs",
}


def install() -> None:
    of_vpcs = ServiceQuotasBackend.get_service_quota

    def get_service_quota(self, service_code: str, quota_code: str) -> dict:
        if service_code != "ec2":
            return of_vpcs(self, service_code, quota_code)
        if quota_code not in NAMES:
            raise NoSuchResource
        return {
            "ServiceCode": service_code,
            "QuotaCode": quota_code,
            "QuotaName": NAMES[quota_code],
            "Value": control.read().quotas[quota_code],
            "Adjustable": True,
        }

    ServiceQuotasBackend.get_service_quota = get_service_quota
