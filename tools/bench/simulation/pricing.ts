/** What CPU time costs on instances, on Fargate and on Lambda, at list prices. */
import { SECONDS } from "../../stage/cost/load.ts";
import { readPrices } from "../../stage/cost/prices.ts";
import { type Section, short, table } from "../tables.ts";

const HOURS = SECONDS / 3600;
const RATES = [1000, 10_000, 100_000];

/** CPU use at which a group is kept. */
const TARGET = 0.6;

/** Baseline of a vCPU, and what an instance has besides: GB of disk, metrics of detailed monitoring. */
const INSTANCES = { "t4g.micro": { baseline: 0.1 }, "t4g.small": { baseline: 0.2 } } as const;
const DISK = 8;
const METRICS = 7;

/**
 * The least memory that Fargate gives a vCPU, and the memory that gives a Lambda a vCPU, in GB.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const GB = { fargate: 2, lambda: 1.769 };

/** vCPUs of a T instance. */
const VCPUS = 2;

/** What requests of so much CPU time, in seconds, cost, and how that is reckoned. */
export function pricing(cpu: number): Section[] {
  return [
    { title: "Prices", text: prices(cpu) },
    { title: "Sums", text: RATES.map((rate) => sums(rate, cpu)).join("\n\n") },
  ];
}

function prices(cpu: number): string {
  const lines = RATES.map((rate) => {
    const busy = rate * cpu;
    const count = instancesFor(busy);
    const ec2 = (["t4g.micro", "t4g.small"] as const).map((type) => onEc2(type, count, busy));
    const all = [...ec2, onFargate(busy), onLambda(rate, cpu)].map(({ usd }) => dollars(usd));
    return [rate.toLocaleString("en"), short(busy), count, ...all];
  });
  const head = ["Requests/s", "vCPUs busy", "instances", "t4g.micro, $ a month", "t4g.small"];
  return table([...head, "Fargate", "Lambda"], lines);
}

/** Enough that each uses no more than the target; two at least, as they are in two zones. */
function instancesFor(busy: number): number {
  return Math.max(2, Math.ceil(busy / (VCPUS * TARGET)));
}

/** A price, and how it comes about. */
interface Sum {
  usd: number;
  text: string;
}

function sums(rate: number, cpu: number): string {
  const busy = rate * cpu;
  const micro = onEc2("t4g.micro", instancesFor(busy), busy);
  const all = { "t4g.micro": micro, Fargate: onFargate(busy), Lambda: onLambda(rate, cpu) };
  const lines = Object.entries(all).map(
    ([name, { usd, text }]) => `- ${name}: ${text} = $${dollars(usd)}`,
  );
  const what = `${rate.toLocaleString("en")} × ${short(cpu * 1e6)} µs = ${short(busy)} vCPUs busy`;
  return [`${what}:`, ...lines].join("\n");
}

/** Hours, addresses, disks, detailed monitoring, and the CPU time above the baseline. */
function onEc2(type: keyof typeof INSTANCES, count: number, busy: number): Sum {
  const hour = priceOf(`ec2.${type}`);
  const [address, disk, metric] = [
    priceOf("vpc.ipv4"),
    priceOf("ebs.gp3"),
    priceOf("cloudwatch.metric"),
  ];
  const credit = priceOf("ec2.credit.t4g");
  const above = Math.max(0, busy - count * VCPUS * INSTANCES[type].baseline);
  const each = HOURS * (hour + address) + DISK * disk + METRICS * metric;
  return {
    usd: count * each + HOURS * above * credit,
    text:
      `${count} × (${HOURS} h × ($${hour} + $${address}) + ${DISK} GB × $${disk} + ${METRICS} metrics × $${metric}) ` +
      `+ ${HOURS} h × ${short(above)} vCPUs above the baseline × $${credit}`,
  };
}

/** Tasks of one vCPU, kept at the same use. */
function onFargate(busy: number): Sum {
  const [vcpu, gb] = [priceOf("fargate.arm.vcpu"), priceOf("fargate.arm.gb")];
  const tasks = Math.max(2, Math.ceil(busy / TARGET));
  return {
    usd: tasks * HOURS * (vcpu + GB.fargate * gb),
    text: `${tasks} tasks × ${HOURS} h × (1 vCPU × $${vcpu} + ${GB.fargate} GB × $${gb})`,
  };
}

/** As if each request took no longer than its CPU time here; waiting for the database is paid besides. */
function onLambda(rate: number, cpu: number): Sum {
  const [gb, request] = [priceOf("lambda.arm.gb"), priceOf("lambda.arm.request")];
  const count = rate * SECONDS;
  return {
    usd: count * (cpu * GB.lambda * gb + request),
    text:
      `${(count / 1e6).toLocaleString("en")} M requests × ` +
      `(${short(cpu * 1e6)} µs × ${GB.lambda} GB × $${gb} a second + $${request.toFixed(7)})`,
  };
}

function priceOf(name: string): number {
  const price = readPrices().prices[name];
  if (!price) throw new Error(`infra/monitoring/prices.json has no ${name}.`);
  return Number(price.usd);
}

function dollars(value: number): string {
  return Math.round(value).toLocaleString("en");
}
