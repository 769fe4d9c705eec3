"""Sets AWS's default scheme of a load balancer, which the provider omits."""

from moto.elbv2.models import ELBv2Backend


def install() -> None:
    create = ELBv2Backend.create_load_balancer

    def create_load_balancer(self, *args, scheme=None, **others):
        return create(self, *args, scheme=scheme or "internet-facing", **others)

    ELBv2Backend.create_load_balancer = create_load_balancer
