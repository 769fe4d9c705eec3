/** Who may connect to a group's instances, and where they may connect to. */

import { uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { DeployedArgs } from "./args.ts";

/** Traffic of the instances: from the balancer to the service's port, and out where `egress` says. */
export function createSecurityGroup(
  name: string,
  args: DeployedArgs,
  parent: $util.Resource,
): { securityGroup: aws.ec2.SecurityGroup; rules: $util.Resource[] } {
  const securityGroup = new aws.ec2.SecurityGroup(
    ...transform(
      args.transform?.securityGroup,
      uniqueName(`${name}SecurityGroup`, "aws:ec2/securityGroup:SecurityGroup"),
      {
        description: `Instances of ${name}`,
        vpcId: args.vpc.id,
        tags: { Name: `${$app.name}-${$app.stage}-${name}` },
      },
      { parent },
    ),
  );
  const instances = { id: securityGroup.id, description: `Instances of ${name}` };
  return { securityGroup, rules: createRules(name, args, instances, parent) };
}

/** One end of a connection. */
interface Side {
  /** The security group. */
  id: $util.Input<string>;
  /** What the other side's rule calls it. */
  description: string;
}

function createRules(name: string, args: DeployedArgs, instances: Side, parent: $util.Resource) {
  const ingress = (rule: string, ruleArgs: aws.vpc.SecurityGroupIngressRuleArgs) =>
    new aws.vpc.SecurityGroupIngressRule(
      ...transform(args.transform?.ingressRule, rule, ruleArgs, { parent }),
    );
  const egress = (rule: string, ruleArgs: aws.vpc.SecurityGroupEgressRuleArgs) =>
    new aws.vpc.SecurityGroupEgressRule(
      ...transform(args.transform?.egressRule, rule, ruleArgs, { parent }),
    );

  const rules: $util.Resource[] = (args.egress ?? [{ port: 443, cidr: "0.0.0.0/0" }]).map(
    ({ port, cidr }, index) =>
      egress(`${name}Egress${port}To${index}`, {
        securityGroupId: instances.id,
        ...tcp(port),
        cidrIpv4: cidr,
        description: `To ${cidr}`,
      }),
  );
  if (args.target) {
    const { port, securityGroup: id, isOpen } = args.target;
    const balancer = { id, description: "Balancer" };
    rules.push(ingress(`${name}FromBalancer`, between(instances, balancer, port)));
    if (!isOpen) rules.push(egress(`${name}BalancerTo`, between(balancer, instances, port)));
  }
  for (const { name: other, port, securityGroup: id } of args.connectsTo ?? []) {
    const there = { id, description: other };
    rules.push(ingress(`${other}From${name}`, between(there, instances, port)));
    rules.push(egress(`${name}To${other}`, between(instances, there, port)));
  }
  return rules;
}

const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });

/** A rule of one side's security group that names the other side's. */
function between(own: Side, other: Side, port: number) {
  return {
    ...tcp(port),
    securityGroupId: own.id,
    referencedSecurityGroupId: other.id,
    description: other.description,
  };
}
