"""What an instance refresh takes as its alarms: up to ten CloudWatch alarms of metrics, by name.

https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AlarmSpecification.html names "CloudWatch alarms", up to
ten. That a composite alarm will do is said nowhere, and DescribeAlarms does not answer with one unless it is asked for,
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html: so it is refused here.
"""

from moto.cloudwatch.models import cloudwatch_backends
from moto.core import DEFAULT_ACCOUNT_ID

from .calls import Call, Refusal

MOST = 10


def refuse(call: Call) -> Refusal | None:
    if (call.service, call.operation) != ("autoscaling", "StartInstanceRefresh"):
        return None
    wanted = call.get("Preferences.AlarmSpecification.Alarms") or []
    if len(wanted) > MOST:
        return Refusal(f"An instance refresh watches up to {MOST} alarms, not {len(wanted)}.")
    alarms = cloudwatch_backends[DEFAULT_ACCOUNT_ID][call.region].alarms
    for name in wanted:
        alarm = alarms.get(name)
        if alarm is None or alarm.rule:
            what = "is no alarm" if alarm is None else "is a composite alarm"
            return Refusal(f"The alarm {name} of the AlarmSpecification {what}; name CloudWatch alarms of metrics.")
    return None
