"""Keeps the ceilings of tables on demand and of their indexes, which moto takes and forgets.

Source: the API reference of CreateTable and DescribeTable (`OnDemandThroughput`).
"""

from kept_settings import after
from moto.dynamodb.models.table import GlobalSecondaryIndex, Table
from moto.dynamodb.responses import DynamoHandler


def _keep(backend, request: dict) -> None:
    table = backend.get_table(request["TableName"])
    if ceiling := request.get("OnDemandThroughput"):
        table.on_demand_throughput = ceiling
    changes = [each.get("Update") or {} for each in request.get("GlobalSecondaryIndexUpdates") or []]
    ceilings = {
        each["IndexName"]: each["OnDemandThroughput"]
        for each in [*(request.get("GlobalSecondaryIndexes") or []), *changes]
        if "OnDemandThroughput" in each
    }
    for index in table.global_indexes:
        if index.name in ceilings:
            index.on_demand_throughput = ceilings[index.name]


def _told(describe, place):
    def with_ceiling(self, *args, **others):
        description = describe(self, *args, **others)
        if ceiling := getattr(self, "on_demand_throughput", None):
            place(description)["OnDemandThroughput"] = ceiling
        return description

    return with_ceiling


def install() -> None:
    for operation in ("create_table", "update_table"):
        after(DynamoHandler, operation, lambda handler, _: _keep(handler.dynamodb_backend, handler.body))
    Table.describe = _told(Table.describe, lambda description: next(iter(description.values())))
    GlobalSecondaryIndex.describe = _told(GlobalSecondaryIndex.describe, lambda description: description)
