import { gatewayEndpoints, type Inside, interfaceEndpoints } from "./network/endpoints.ts";
import { flowLogs } from "./network/flow-logs.ts";
import { closeAdminPorts } from "./network/network-acl.ts";
import { zonesFor } from "./network/zones.ts";
import type { Stage } from "./stages.ts";

/**
 * The network: two zones with a public and a private subnet each, closed by default.
 *
 * ### Cost
 * Free without NAT, but for SST's private DNS zone at $0.50 a month, and what each instance's
 * address costs. `nat: "managed"` makes two gateways with an address each, 2 × ($0.045 + $0.005) ×
 * 730 or **$73 a month**, and $0.045 a GB; `nat: "ec2"` two `t4g.nano` with an address and a disk
 * of 8 GB each, 2 × (($0.0042 + $0.005) × 730 + 8 × $0.08) or **$15 a month**.
 */
export function network({ stage, types, inside }: NetworkArgs) {
  // With a parent, SST does not treat the VPC as linkable.
  const parent = new $util.ComponentResource("steadfast:aws:Network", "Network");
  const vpc = createVpc(stage, types, parent);
  const endpoints = [
    ...gatewayEndpoints(vpc, inside, parent),
    ...(stage.nat === "endpoints" ? interfaceEndpoints(vpc, parent) : []),
  ];
  closeAdminPorts(vpc, stage, parent);
  if (stage.flowLogs) flowLogs(vpc, stage, parent);
  return { vpc, endpoints, subnets: stage.nat === "none" ? vpc.publicSubnets : vpc.privateSubnets };
}

export interface NetworkArgs {
  stage: Stage;
  /** In order of preference. */
  types: readonly string[];
  /** What instances reach of S3 and DynamoDB. */
  inside: Inside;
}

export type Network = ReturnType<typeof network>;

/** SST's NAT instance type. */
const NAT_INSTANCE = "t4g.nano";

function createVpc({ nat }: Stage, types: readonly string[], parent: $util.Resource) {
  // A subnet cannot move, so an existing network keeps its zones.
  const stay = (_args: aws.ec2.SubnetArgs, opts: $util.CustomResourceOptions) => {
    opts.ignoreChanges = ["availabilityZone"];
    return undefined;
  };
  // A VPC has internet access only while the gateway is attached, a separate resource.
  const behindGateway = (_args: unknown, opts: $util.CustomResourceOptions) => {
    opts.dependsOn = [vpc.nodes.internetGateway];
    return undefined;
  };
  const args: sst.aws.VpcArgs = {
    az: zonesFor(nat === "ec2" ? [...types, NAT_INSTANCE] : types, parent),
    ...((nat === "ec2" || nat === "managed") && { nat }),
    transform: {
      // Unused; closed, it cannot let anything in by accident.
      securityGroup: { ingress: [], egress: [] },
      publicSubnet: (args, opts) => {
        args.mapPublicIpOnLaunch = false;
        return stay(args, opts);
      },
      privateSubnet: stay,
      elasticIp: (args, opts) => {
        // SST's `vpc: true` is deprecated.
        delete args.vpc;
        args.domain = "vpc";
        return behindGateway(args, opts);
      },
      natGateway: behindGateway,
      natSecurityGroup: {
        description: "NAT instances: from the VPC to anywhere",
        // SST opens it to the world.
        ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/16"] }],
      },
      natInstance: (args, opts) => {
        args.metadataOptions = {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        };
        args.rootBlockDevice = { encrypted: true, volumeType: "gp3", volumeSize: 8 };
        return behindGateway(args, opts);
      },
    },
  };
  const vpc = new sst.aws.Vpc("Vpc", args, { parent });
  return vpc;
}
