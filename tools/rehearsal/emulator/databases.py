"""Repairs of moto's RDS.

A managed secret has the database's own user and password; in moto all of them say "admin" with one password.

moto forgets a database's insights and monitoring, a changed subnet group, and that a user set a parameter, the only
kind that the provider reads.
"""

import json
import secrets

from moto.rds.models import MasterUserSecret, RDSBackend
from moto.rds.responses import RDSResponse

from kept_settings import after, keep, typed

INSTANCE = (
    "DatabaseInsightsMode",
    "EngineLifecycleSupport",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "NetworkType",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
)

# AWS reports these as pending a reboot, however they were set; any other value differs in each deploy.
AT_REBOOT = ("rds.force_ssl",)


def _generate_secret_string(self: MasterUserSecret) -> str:
    return json.dumps({"username": self.resource.master_username, "password": secrets.token_urlsafe(24)})


def _instance(response: RDSResponse, answer) -> None:
    request, instance = response.params, answer.result["DBInstance"]
    keep(instance, request, INSTANCE)
    if request.get("EnablePerformanceInsights") is not None:
        instance.performance_insights_enabled = typed(request["EnablePerformanceInsights"])


def _modify_db_parameter_group(moto):
    def modify_db_parameter_group(self, name, parameters):
        group = moto(self, name, parameters)
        for parameter in group.parameters.values():
            parameter["Source"] = "user"
            if parameter["ParameterName"] in AT_REBOOT:
                parameter["ApplyMethod"] = "pending-reboot"
        return group

    return modify_db_parameter_group


def _modify_db_subnet_group(moto):
    def modify_db_subnet_group(self, name, description, subnets):
        group = moto(self, name, description, subnets)
        self.subnet_groups[name] = group
        return group

    return modify_db_subnet_group


def install() -> None:
    MasterUserSecret._generate_secret_string = _generate_secret_string
    RDSBackend.modify_db_parameter_group = _modify_db_parameter_group(RDSBackend.modify_db_parameter_group)
    RDSBackend.modify_db_subnet_group = _modify_db_subnet_group(RDSBackend.modify_db_subnet_group)
    after(RDSResponse, "create_db_instance", _instance)
    after(RDSResponse, "modify_db_instance", _instance)
