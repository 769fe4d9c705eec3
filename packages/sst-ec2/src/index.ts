/**
 * Services on EC2 for SST apps. Import it inside of `run()`, where SST's globals are there:
 *
 * ```ts
 * const { Alb, Service } = await import("sst-ec2");
 * ```
 */
export { Alb } from "./alb/alb.ts";
export type {
  AlbArgs,
  AlbDomain,
  AlbEdge,
  AlbHealth,
  AlbRule,
  AlbTarget,
  AlbTargetArgs,
  Dns,
} from "./alb/args.ts";
export type { AlbNodes } from "./alb/balancer.ts";
export { hostedZone } from "./alb/hosted-zone.ts";
export { Artifacts, type ArtifactsArgs } from "./artifact/artifacts.ts";
export type { NodejsArgs } from "./artifact/build-artifact.ts";
export {
  type PrivateBucket,
  type PrivateBucketArgs,
  privateBucket,
  UNFINISHED,
} from "./artifact/private-bucket.ts";
export * from "./helpers.ts";
export type {
  ForeignAlb,
  ServiceArgs,
  ServiceHealth,
  ServiceLoadBalancer,
  ServiceScaling,
  ServiceVpc,
} from "./service/args.ts";
export { boundRoles } from "./service/bound-roles.ts";
export type { ServiceLogging } from "./service/logging.ts";
export { Service, type ServiceNodes } from "./service/service.ts";
export { checkLinks, type Linkable, type Permission } from "./sst/link.ts";
export { fixedName, type NamedType, uniqueName } from "./sst/naming.ts";
export { createParameter } from "./sst/parameter.ts";
export { regionName } from "./sst/region.ts";
export { type Transform, transform } from "./sst/transform.ts";
