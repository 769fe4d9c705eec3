/** Sums for sentences of the docs, with their arithmetic. */
import { Decimal } from "decimal.js";
import { HOURS, type PriceFile } from "./prices.ts";

/** GB of an instance's disk, the library's default. */
const DISK = 8;

/** A request to a function, for a comparison. */
const REQUEST = { seconds: 0.02, gb: 0.5 };

type Sum = (price: (name: string) => Decimal) => string;

/** By the placeholder's name. */
const SUMS: Record<string, Sum> = {
  /** Two small instances with their disks. */
  instances(price) {
    const [hour, disk] = [price("ec2.t4g.micro"), price("ebs.gp3")];
    const usd = hour.times(HOURS).plus(disk.times(DISK)).times(2);
    return `2 × ($${hour} × ${HOURS} + ${DISK} × $${disk}) = $${usd.toFixed(2)}`;
  },
  /** Two of the smallest tasks. */
  fargate(price) {
    const [vcpu, gb] = [price("fargate.arm.vcpu"), price("fargate.arm.gb")];
    const usd = vcpu.times(0.25).plus(gb.times(0.5)).times(HOURS).times(2);
    return `2 × (0.25 × $${vcpu} + 0.5 × $${gb}) × ${HOURS} = $${usd.toFixed(2)}`;
  },
  /** A million requests. */
  lambda(price) {
    const [gb, request] = [price("lambda.arm.gb"), price("lambda.arm.request")];
    const { seconds, gb: size } = REQUEST;
    const usd = gb.times(seconds).times(size).plus(request).times(1e6);
    const each = `${seconds * 1000} ms and ${size} GB`;
    return `a million of ${each}: 1,000,000 × (${seconds} × ${size} × $${gb.toFixed()} + $${request.toFixed()}) = $${usd.toFixed(2)}`;
  },
  /** A balancer with two public addresses. */
  balancer(price) {
    const [hour, address] = [price("alb.hour"), price("vpc.ipv4")];
    const usd = hour.plus(address.times(2)).times(HOURS);
    return `($${hour} + 2 × $${address}) × ${HOURS} = $${usd.toFixed(0)} a month, and $${price("alb.lcu").times(HOURS).toFixed(0)}`;
  },
  /** A public address. */
  address: (price) => `$${price("vpc.ipv4").times(HOURS).toFixed(2)}`,
};

/** @throws When there is no such sum, or the price file lacks a price. */
export function sumOf(name: string, { prices }: PriceFile): string {
  const sum = SUMS[name];
  if (!sum) throw new Error(`the docs ask for the sum "${name}", which there is not`);
  return sum((key) => {
    const price = prices[key];
    if (!price) throw new Error(`the price file has no ${key}`);
    return new Decimal(price.usd);
  });
}
