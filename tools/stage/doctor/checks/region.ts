import { EC2 } from "@aws-sdk/client-ec2";
import { type Check, fault, isRefusal, note, ok } from "../check.ts";
import { options } from "../clients.ts";

/** Newer regions are disabled by default. */
export const region: Check = {
  name: "region",
  async look({ region }) {
    const everywhere = new EC2(options("us-east-1"));
    try {
      const { Regions = [] } = await everywhere.describeRegions({
        AllRegions: true,
        RegionNames: [region],
      });
      if (Regions.length === 0) return unknown(region);
      if (Regions[0]?.OptInStatus !== "not-opted-in") return ok(region);
      return fault(
        `${region} is not enabled for this account`,
        `aws account enable-region --region-name ${region}, or set AWS_REGION`,
      );
    } catch (error) {
      if (/InvalidParameterValue/.test((error as Error).name)) return unknown(region);
      if (isRefusal(error)) return note(`${region}; whether it is enabled may not be asked`);
      throw error;
    }
  },
};

const unknown = (region: string) =>
  fault(`AWS has no region ${region}`, "set AWS_REGION to one that it has");
