/**
 * What the dashboard's picture of the costs is made of: public prices of us-east-1 in US dollars, of
 * November 2026. It shows how they move; what they are says `npm run cost`, and AWS's bill.
 */
export const RATES = {
  /** An hour of an instance, by type; others are left out of the picture. */
  instance: {
    "t4g.nano": 0.0042,
    "t4g.micro": 0.0084,
    "t4g.small": 0.0168,
    "t4g.medium": 0.0336,
    "t4g.large": 0.0672,
    "t3.nano": 0.0052,
    "t3.micro": 0.0104,
    "t3.small": 0.0208,
    "t3.medium": 0.0416,
    "t3.large": 0.0832,
  } as Record<string, number>,
  /** An hour of a balancer. */
  balancer: 0.0225,
  /** An hour of one unit of its capacity. */
  balancerUnit: 0.008,
  /** A million read units of a table on demand. */
  reads: 0.125,
  /** A million write units of a table on demand. */
  writes: 0.625,
  /** A GB that comes into CloudWatch Logs. */
  logs: 0.5,
};

/** Hours of a month, as AWS counts them. */
export const MONTH_HOURS = 730;
