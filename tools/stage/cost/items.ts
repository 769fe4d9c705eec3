/** The billable parts of a resource. */
import type { Decimal } from "decimal.js";
import type { Recorded } from "../graph/resource.ts";
import type { Load } from "./load.ts";

/** AWS's services, as short names from its bill. */
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
  | "RDS" // drop: quotes
  | "Secrets Manager"
  | "Systems Manager"
  | "KMS"
  | "Route 53"
  | "SNS";

/** Something that AWS bills for a resource. */
export interface Item {
  service: Service;
  /** What it is, such as `2 × t4g.small`. */
  what: string;
  /** Key of the price file. */
  price: string;
  /** Units a month. */
  quantity: Decimal.Value;
  /** Paid for existing, or for being used. */
  kind: "fixed" | "use";
  /** Fraction of the price that is paid, as for Spot instances. @default 1 */
  share?: Decimal.Value;
}

/** An item that is paid for existing. */
export function fixed(
  service: Service,
  what: string,
  price: string,
  quantity: Decimal.Value,
): Item {
  return { service, what, price, quantity, kind: "fixed" };
}

/** An item that is paid for being used. */
export function used(service: Service, what: string, price: string, quantity: Decimal.Value): Item {
  return { service, what, price, quantity, kind: "use" };
}

/** Input of a pricer. */
export interface PricerContext {
  /** All resources of the stage. */
  graph: readonly Recorded[];
  load: Load;
  /** Hours of the month during which the stage exists. */
  hours: Decimal;
  /** Spot's fraction of the on-demand price. */
  spot: Decimal.Value;
}

/** Lists the billable parts of a resource of one type. */
export type Pricer = (resource: Recorded, context: PricerContext) => Item[];
