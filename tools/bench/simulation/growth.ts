/** What each step of ten needs, from what was measured and from list prices. */
import { loadOf, SECONDS, type Table, everyday as VISITS } from "../../stage/cost/load.ts";
import { capacityUnits } from "../../stage/cost/pricers/network.ts";
import { LOG_LINE_BYTES } from "../../stage/cost/pricers/operations.ts";
import { readPrices } from "../../stage/cost/prices.ts";
import { type Section, short, table } from "../tables.ts";
import { cpuOf } from "./mix.ts";
import type { Model } from "./run.ts";

const RATES = [1000, 10_000, 100_000, 1_000_000];
const HOURS = SECONDS / 3600;

/** CPU use at which a group is kept. */
const TARGET = 0.6;

/** A t4g.micro: two vCPUs, of whose time a tenth is in its price. */
const MICRO = { vcpus: 2, baseline: 0.1, disk: 8, metrics: 7 };

/** What a partition of DynamoDB gives in a second, and what one read unit is of an eventually consistent read. */
const PARTITION = { write: 1000, read: 3000 };

/** Seconds that a client's connection to the balancer stays open without a request. */
const IDLE = 60;

/**
 * List prices of us-east-1 that the stage's own price file has no use for, in dollars. Fargate on ARM:
 * a vCPU and a GB, each an hour. Lambda on ARM: a GB-second and a million requests; a vCPU is 1769 MB.
 * https://aws.amazon.com/fargate/pricing/ https://aws.amazon.com/lambda/pricing/
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const LIST = {
  fargate: { vcpu: 0.03238, gb: 0.00356 },
  lambda: { gbSecond: 0.0000133334, million: 0.2, gbOfVcpu: 1.769 },
};

/** What each step of ten needs. */
export function growth(model: Model): Section {
  const tables: Table[] = ["Users", "Logins", "Posts"];
  const rows = RATES.map((rps) => {
    const load = loadOf({ rps, tests: 0, pushes: 0, data: 0, mix: VISITS });
    const aSecond = (name: Table) => {
      const { read, write } = load.units(name);
      return { read: read / SECONDS, write: write / SECONDS };
    };
    const posts = aSecond("Posts");
    const partitions = tables.map((name) => {
      const { read, write } = aSecond(name);
      return Math.ceil(Math.max(read / PARTITION.read, write / PARTITION.write));
    });
    return [
      rps.toLocaleString("en"),
      instances(model, rps),
      short(posts.read),
      short(posts.write),
      partitions.join(", "),
      short((load.connections / SECONDS) * IDLE),
      short(capacityUnits({ load })),
      short((rps * LOG_LINE_BYTES * 86_400) / 1e9),
    ];
  });
  const head = ["Requests/s", "t4g.micro at 60 %", "Posts: read units/s", "write units/s"];
  const more = [
    "partitions (Users, Logins, Posts)",
    "connections",
    "balancer's units",
    "log GB/day",
  ];
  return { title: "Growth", text: table([...head, ...more], rows) };
}

/** What the same CPU time costs on instances, on Fargate and on Lambda. */
export function prices(model: Model): Section {
  const cpu = cpuOf(model.kinds);
  const rows = RATES.slice(0, 3).map((rps) => {
    const count = instances(model, rps);
    const vcpus = rps * cpu;
    return [
      rps.toLocaleString("en"),
      short(vcpus),
      count,
      dollars(instancePrice(count, vcpus)),
      dollars(fargatePrice(vcpus)),
      dollars(lambdaPrice(rps, cpu)),
    ];
  });
  const head = ["Requests/s", "vCPUs busy", "instances", "EC2, $ a month", "Fargate", "Lambda"];
  return { title: "Prices", text: table(head, rows) };
}

function instances(model: Model, rps: number): number {
  return Math.max(2, Math.ceil((rps * cpuOf(model.kinds)) / (MICRO.vcpus * TARGET)));
}

/** Hours, addresses, disks, detailed monitoring, and the CPU time above the baseline. */
function instancePrice(count: number, vcpus: number): number {
  const { prices } = readPrices();
  const usd = (name: string) => Number(prices[name]?.usd);
  const above = Math.max(0, vcpus - count * MICRO.vcpus * MICRO.baseline);
  const standing = HOURS * (usd("ec2.t4g.micro") + usd("vpc.ipv4"));
  const each = standing + MICRO.disk * usd("ebs.gp3") + MICRO.metrics * usd("cloudwatch.metric");
  return count * each + HOURS * above * usd("ec2.credit.t4g");
}

/** Tasks of one vCPU and 2 GB, the least that Fargate gives a vCPU, kept at the same use. */
function fargatePrice(vcpus: number): number {
  const { vcpu, gb } = LIST.fargate;
  return HOURS * (vcpus / TARGET) * (vcpu + 2 * gb);
}

/** As if each request took no longer than its CPU time here; waiting for the database is paid besides. */
function lambdaPrice(rps: number, cpu: number): number {
  const { gbSecond, million, gbOfVcpu } = LIST.lambda;
  return SECONDS * rps * (cpu * gbOfVcpu * gbSecond + million / 1e6);
}

function dollars(value: number): string {
  return Math.round(value).toLocaleString("en");
}
