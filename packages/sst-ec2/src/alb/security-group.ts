/** Who may connect to a balancer; its targets say where it may connect. */
import { checkRange } from "../sst/address.ts";
import { uniqueName } from "../sst/naming.ts";
import { transform } from "../sst/transform.ts";
import type { AlbArgs } from "./args.ts";

/**
 * CloudFront's origin-facing addresses, maintained by AWS. The list counts as 55 of the 60 rules
 * that a group may have.
 */
const CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing";

interface SecurityGroupContext {
  name: string;
  args: AlbArgs;
  /** Ports of the listeners. */
  ports: number[];
  parent: $util.Resource;
}

/**
 * Validates the allowed clients.
 *
 * @throws When one is not an IPv4 range.
 */
export function checkClients({ allow = [] }: AlbArgs): void {
  for (const [index, range] of allow.entries()) checkRange(range, `allow[${index}]`);
}

/** The balancer's group, which only opens the listeners' ports to its clients. */
export function createSecurityGroup({
  name,
  args,
  ports,
  parent,
}: SecurityGroupContext): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(
    ...transform(
      args.transform?.securityGroup,
      uniqueName(`${name}SecurityGroup`, "aws:ec2/securityGroup:SecurityGroup"),
      {
        description: `Balancer ${name}`,
        vpcId: args.vpc.id,
        tags: { Name: `${$app.name}-${$app.stage}-${name}` },
      },
      { parent },
    ),
  );
  for (const [suffix, from] of clients(args, parent)) {
    for (const port of ports) {
      new aws.vpc.SecurityGroupIngressRule(
        ...transform(
          args.transform?.ingressRule,
          `${name}Ingress${port}From${suffix}`,
          { securityGroupId: group.id, ipProtocol: "tcp", fromPort: port, toPort: port, ...from },
          { parent },
        ),
      );
    }
  }
  return group;
}

type Client = Pick<
  aws.vpc.SecurityGroupIngressRuleArgs,
  "cidrIpv4" | "prefixListId" | "description"
>;

/**
 * The clients, each with a name for its rule. CloudFront is recognised by AWS's list of its
 * addresses, not by the group that it creates for its interfaces: that group appears with a VPC's
 * first origin, and cannot be deleted with the last while a rule names it. Both only admit this
 * account's distributions, because no others reach an internal balancer.
 */
function clients({ edge, allow }: AlbArgs, parent: $util.Resource): [string, Client][] {
  if (edge) {
    const { id } = aws.ec2.getManagedPrefixListOutput({ name: CLOUDFRONT }, { parent });
    return [["CloudFront", { prefixListId: id, description: "CloudFront" }]];
  }
  return (allow ?? ["0.0.0.0/0"]).map((cidrIpv4, index) => [
    `${index}`,
    { cidrIpv4, description: "Clients" },
  ]);
}
