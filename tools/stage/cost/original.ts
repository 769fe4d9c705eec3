/** The bill of the system that Steadfast replaces, line by line. */
import { Decimal } from "decimal.js";
import type { Line } from "./estimate.ts";
import { total } from "./estimate.ts";
import type { Service } from "./items.ts";

/** The original's estimate in US dollars a month, and the corresponding services here. */
const LINES: { name: string; month: string; services: Service[] }[] = [
  { name: "Load balancer", month: "19.35", services: ["Load balancer"] },
  { name: "DynamoDB, reserved", month: "26.39", services: ["DynamoDB"] },
  { name: "CodePipeline", month: "9.00", services: ["CodePipeline"] },
  { name: "EC2", month: "3.94", services: ["EC2"] },
  { name: "CodeBuild", month: "2.25", services: ["CodeBuild"] },
  {
    name: "Public addresses, traffic",
    month: "1.52",
    services: ["Public addresses", "NAT and endpoints", "Traffic out", "CloudFront"],
  },
  { name: "CloudWatch", month: "0.60", services: ["CloudWatch"] },
  { name: "S3", month: "0.24", services: ["S3"] },
];

/** Other known facts. */
export const ORIGINAL = {
  /** US dollars a month, the sum of the lines. */
  month: Decimal.sum(...LINES.map((line) => line.month)),
  /** US dollars a month that were actually paid. */
  real: new Decimal("66.09"),
  /** US dollars paid up front, for a year of reserved capacity. */
  upFront: new Decimal("180"),
};

export interface Comparison {
  name: string;
  original: Decimal;
  here: Decimal;
}

/** Compares lines with the original's; what it did not have comes last. */
export function compareWithOriginal(lines: readonly Line[]): Comparison[] {
  const of = (services: readonly Service[]) =>
    total(lines.filter((line) => services.includes(line.service)));
  const known = LINES.flatMap((line) => line.services);
  const others = [...new Set(lines.map(({ service }) => service))].filter(
    (service) => !known.includes(service),
  );
  return [
    ...LINES.map(({ name, month, services }) => ({
      name,
      original: new Decimal(month),
      here: of(services),
    })),
    ...others.map((service) => ({
      name: service,
      original: new Decimal(0),
      here: of([service]),
    })),
  ];
}
