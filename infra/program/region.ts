import { ArgumentError } from "sst-ec2/helpers";

/** Regions that the AWS provider knows; add one that is missing. */
const REGIONS = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "ca-west-1",
  "sa-east-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "ap-east-1",
  "ap-south-1",
  "ap-south-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "me-south-1",
  "me-central-1",
  "il-central-1",
  "af-south-1",
] as const satisfies aws.Region[];

export const DEFAULT_REGION: Region = "us-east-1";

export type Region = (typeof REGIONS)[number];

/**
 * The region to deploy to: `AWS_REGION`, or us-east-1.
 * @throws when AWS has no such region
 */
export function regionOf({ AWS_REGION: wanted = DEFAULT_REGION }: NodeJS.ProcessEnv): Region {
  const region = REGIONS.find((each) => each === wanted);
  if (region) return region;
  throw new ArgumentError(`AWS_REGION is "${wanted}"; known regions are ${REGIONS.join(", ")}.`);
}

/**
 * For SST's settings, which are read before `run`: an invalid region becomes the default, and `run`
 * reports it.
 */
export function regionOrDefault(environment: NodeJS.ProcessEnv): Region {
  try {
    return regionOf(environment);
  } catch {
    return DEFAULT_REGION;
  }
}
