/** A stage's alternatives and their trade-offs. */
import { type Entrance, entranceOf } from "../../../infra/network/entrance.ts";
import { isOption, isPossible } from "../../../infra/stages/checks.ts";
import type { ResolvedStage, Stage } from "../../../infra/stages.ts";

/** An alternative option in `infra/stages.ts`. */
export interface Choice {
  /** As written there, such as `nat: "ec2"`. */
  name: string;
  /** Its consequences. */
  means: string;
  choices: Partial<Stage>;
  /** `sst dev` instead of a deployment. @default false */
  dev?: boolean;
}

const SIZES = ["nano", "micro", "small", "medium", "large"];

const NAT: Record<Stage["nat"], string> = {
  none: "public subnets, behind the balancer",
  ec2: "private, a NAT instance per zone",
  managed: "private, AWS's NAT gateways",
  endpoints: "private, no way out but to AWS",
};

/** Alternative entrances, by the current one. */
const ENTRANCES: Record<Entrance, Choice[]> = {
  edge: [
    {
      name: 'domain: "api.example.com"',
      means: "HTTPS at a public balancer",
      choices: { domain: "api.example.com", edge: false },
    },
  ],
  http: [
    {
      name: "edge: true",
      means: "HTTPS; 10 to 20 minutes slower",
      choices: { edge: true, http: false },
    },
  ],
  https: [],
};

/** Options that cost money. */
const SWITCHES: Record<string, string> = {
  detailedMonitoring: "scales after 5 minutes, not 1",
  accessLogs: "no log of the balancer's answers",
  flowLogs: "no record of connections",
  logs: "logs stay on the instances",
  monitoring: "no dashboard, only rollout alarms",
  pipeline: "deploys from a terminal",
};

/**
 * A stage's alternatives, cheaper and more expensive.
 *
 * @example
 * ```ts
 * choicesOf(stageOf("prod")).map(({ name }) => name); // 'instances: ["t4g.nano"]', …
 * ```
 */
export function choicesOf(stage: ResolvedStage): Choice[] {
  const dev: Choice = {
    name: "sst dev",
    means: "the API runs here, tables in AWS",
    choices: {},
    dev: true,
  };
  return [
    ...sizes(stage),
    ...counts(stage),
    ...nats(stage),
    ...ENTRANCES[entranceOf(stage)],
    ...switches(stage),
    ...(stage.retain ? [] : [dev]),
  ].filter(({ choices }) => isPossible({ ...stage, ...choices }));
}

function sizes({ instances: [first = ""] }: Stage): Choice[] {
  const [family = "", size = ""] = first.split(".");
  const at = SIZES.indexOf(size);
  if (at < 0) return [];
  const other = (index: number, means: string): Choice[] =>
    SIZES[index] === undefined
      ? []
      : [
          {
            name: `instances: ["${family}.${SIZES[index]}"]`,
            means,
            choices: { instances: [`${family}.${SIZES[index]}`] },
          },
        ];
  return [
    ...other(at - 1, "half the memory, less CPU"),
    ...other(at + 1, "twice the memory, more CPU"),
  ];
}

function counts(stage: Stage): Choice[] {
  const { min } = stage;
  const base = Math.min(1, min - 1);
  const spot: Choice = {
    name: `spot: { base: ${base}, percent: 100 }`,
    means: `${base ? "all but one" : "all"}: two minutes' notice`,
    choices: { spot: { base, percent: 100 } },
  };
  const one: Choice = {
    name: "min: 1",
    means: "a zone's failure takes the API down",
    choices: { min: 1 },
  };
  return [...(stage.spot ? [] : [spot]), ...(min > 1 ? [one] : [])];
}

function nats({ nat }: Stage): Choice[] {
  return (Object.keys(NAT) as Stage["nat"][])
    .filter((kind) => kind !== nat)
    .map((kind) => ({ name: `nat: "${kind}"`, means: NAT[kind], choices: { nat: kind } }));
}

function switches(stage: Stage): Choice[] {
  return Object.entries(SWITCHES)
    .filter(([option]) => isOption(option) && stage[option])
    .map(([option, means]) => ({
      name: option === "pipeline" ? "no pipeline" : `${option}: false`,
      means,
      choices: { [option]: option === "pipeline" ? undefined : false },
    }));
}
