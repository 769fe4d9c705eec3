/** Prices for the dashboard, from the file that `npm run cost` uses: us-east-1, in US dollars. */
import file from "./prices.json" with { type: "json" };

const usd = (key: keyof typeof file.prices) => Number(file.prices[key].usd);

const MILLION = 1e6;

export const RATES = {
  /** An hour of an instance; `undefined` for a type without a price. */
  instance: (type: string): number | undefined => {
    const key = `ec2.${type}`;
    return key in file.prices ? usd(key as keyof typeof file.prices) : undefined;
  },
  /** An hour. */
  balancer: usd("alb.hour"),
  /** An hour of one capacity unit. */
  balancerUnit: usd("alb.lcu"),
  /** A million read units of an on-demand table. */
  reads: usd("dynamodb.read") * MILLION,
  /** A million write units. */
  writes: usd("dynamodb.write") * MILLION,
  /** A GB sent to CloudWatch Logs. */
  logs: usd("cloudwatch.logs.in"),
};

/** As AWS counts them. */
export const MONTH_HOURS = 730;
