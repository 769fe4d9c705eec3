/** What a resource is paid for. */
import type { Decimal } from "decimal.js";
import type { Recorded } from "../graph/resource.ts";
import type { Load } from "./load.ts";

/** AWS's services as its bill names them, shortly. */
export type Service =
  | "Load balancer"
  | "EC2"
  | "Public addresses"
  | "NAT and endpoints"
  | "CloudFront"
  | "Traffic out"
  | "DynamoDB"
  | "S3"
  | "CloudWatch"
  | "CodePipeline"
  | "CodeBuild"
  | "RDS"
  | "Secrets Manager"
  | "Systems Manager"
  | "KMS"
  | "Route 53"
  | "SNS";

/** Something of a resource that AWS counts. */
export interface Item {
  service: Service;
  /** What it is, such as `2 × t4g.small`. */
  what: string;
  /** Key of the price file. */
  price: string;
  /** Units a month. */
  quantity: Decimal.Value;
  /** Whether it is paid for being there, or for being used. */
  kind: "fixed" | "use";
  /** Part of the price that is paid, such as that of Spot instances. @default 1 */
  share?: Decimal.Value;
}

/** What a pricer sees. */
export interface PricerContext {
  /** All resources of the stage. */
  graph: readonly Recorded[];
  load: Load;
  /** Hours of the month for which the stage is there. */
  hours: Decimal;
  /** Share of the on-demand price that Spot costs. */
  spot: Decimal.Value;
}

/** Tells for what a resource of one type is paid. */
export type Pricer = (resource: Recorded, context: PricerContext) => Item[];
