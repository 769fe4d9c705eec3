import { EC2 } from "@aws-sdk/client-ec2";
import { ServiceQuotas } from "@aws-sdk/client-service-quotas";
import { type Check, type Finding, fault, ok } from "../check.ts";
import { options } from "../clients.ts";
import { findBootstrap, listStages } from "../state.ts";

/** What a new stage uses, and the account's quota for it; AWS's defaults are small. */
interface Limit {
  what: string;
  service: string;
  code: string;
  used: number;
  wanted: number;
}

/** Networks and addresses in a region; an account has five of each by default. */
export const network: Check = {
  name: "network",
  async look({ needs, region, stage }) {
    const found = await findBootstrap(region);
    if (found && (await listStages(region, found.state)).includes(stage))
      return ok("the stage has its own");
    const ec2 = new EC2(options(region));
    const [{ Vpcs = [] }, { Addresses = [] }] = await Promise.all([
      ec2.describeVpcs(),
      ec2.describeAddresses(),
    ]);
    const findings = await Promise.all([
      against(
        { what: "VPCs", service: "vpc", code: "L-F678F1CE", used: Vpcs.length, wanted: 1 },
        region,
      ),
      against(
        {
          ...{ what: "elastic addresses", service: "ec2", code: "L-0263D0A3" },
          ...{ used: Addresses.length, wanted: needs.addresses },
        },
        region,
      ),
    ]);
    return findings.flat();
  },
};

async function against(
  { what, service, code, used, wanted }: Limit,
  region: string,
): Promise<Finding[]> {
  if (wanted === 0) return [];
  const { Quota } = await new ServiceQuotas(options(region)).getServiceQuota({
    ServiceCode: service,
    QuotaCode: code,
  });
  const limit = Quota?.Value ?? 5;
  const found = `${used} of ${limit} ${what} are in use, the stage takes ${wanted}`;
  if (used + wanted <= limit) return [ok(found)];
  return [
    fault(
      found,
      `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${used + wanted} --region ${region}`,
    ),
  ];
}
