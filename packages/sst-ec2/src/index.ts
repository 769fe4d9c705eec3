/**
 * Services on EC2 for SST apps. Import it inside of `run()`, where SST's globals are there:
 *
 * ```ts
 * const { Alb, Asg } = await import("sst-ec2");
 * ```
 */
export { Alb } from "./alb/alb.ts";
export type { AlbArgs, AlbDomain, AlbEdge, AlbTarget, AlbTargetArgs } from "./alb/args.ts";
export { hostedZone } from "./alb/hosted-zone.ts";
export { deployArtifacts } from "./artifact/deploy.ts";
export {
  type PrivateBucket,
  type PrivateBucketArgs,
  privateBucket,
  UNFINISHED,
} from "./artifact/private-bucket.ts";
export * from "./helpers.ts";
export type { AsgArgs, AsgArtifact, AsgScaling } from "./service/args.ts";
export { Asg } from "./service/asg.ts";
export { checkLinks, type Linkable, type Permission } from "./sst/link.ts";
export { fixedName, type NamedType, uniqueName } from "./sst/naming.ts";
export { createParameter } from "./sst/parameter.ts";
export { type Transform, transform } from "./sst/transform.ts";
