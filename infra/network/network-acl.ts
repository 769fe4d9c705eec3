import type { Stage } from "../stages.ts";

/** Rules are evaluated by number. */
const rule = (ruleNo: number, action: "allow" | "deny", cidrBlock: $util.Input<string>) => ({
  ...{ ruleNo, action, cidrBlock },
  ...{ protocol: "-1", fromPort: 0, toPort: 0 },
});

const deny = (ruleNo: number, port: number) => ({
  ...rule(ruleNo, "deny", "0.0.0.0/0"),
  ...{ protocol: "tcp", fromPort: port, toPort: port },
});

/**
 * Refuses SSH and remote desktop at the subnets' border, whatever a security group says. Inside the
 * VPC they stay open: a balancer's node may use 3389 as its source port. So may a NAT towards the
 * internet, and a network ACL is stateless, so with NAT only the security groups refuse it.
 */
export function closeAdminPorts(vpc: sst.aws.Vpc, { nat }: Stage, parent: $util.Resource): void {
  const translates = nat === "ec2" || nat === "managed";
  new aws.ec2.DefaultNetworkAcl(
    "VpcNetworkAcl",
    {
      defaultNetworkAclId: vpc.nodes.vpc.defaultNetworkAclId,
      ingress: [
        rule(100, "allow", vpc.nodes.vpc.cidrBlock),
        deny(110, 22),
        ...(translates ? [] : [deny(120, 3389)]),
        rule(200, "allow", "0.0.0.0/0"),
      ],
      egress: [rule(100, "allow", "0.0.0.0/0")],
    },
    // Subnets use the default list automatically; AWS reports them here.
    { parent, ignoreChanges: ["subnetIds"] },
  );
}
