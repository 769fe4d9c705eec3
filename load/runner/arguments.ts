import { isHttp, parseCommandLine, WrongArgument } from "../../tools/common/command-line.ts";
import { scenarios } from "./scenarios.ts";

export const USAGE = `npm run load -- <scenario> [options] | compare A B

Runs a load test with k6 and leaves a report; or puts two reports side by side.

scenarios
${Object.entries(scenarios)
  .map(([name, { question, model }]) => `  ${name.padEnd(12)}${question} (${model})`)
  .join("\n")}

options
  --url URL         where the API is (default: npm start's, http://127.0.0.1:$PORT)
  --stage STAGE     a deployed stage, whose address SST knows
  --vus N           users at once, of a closed scenario
  --rate N          visits a second, of an open scenario
  --duration TIME   how long the load is held, e.g. 90s, 10m, 1h30m
  --slack N         let answers take N times as long, on a machine busy with other things
  --open            show k6's dashboard in the browser while it runs
  --allow-prod      write to a stage named prod
  --cloud           run in Grafana Cloud; --cloud=local runs here and streams the results there
  --zones ZONES     where a cloud run comes from, e.g. amazon:us:ashburn=60,amazon:ie:dublin=40
  -h, --help        this text

examples
  npm run load -- smoke
  npm run load -- average --rate 50 --duration 2m
  npm run load -- stress --stage ada --open
  npm run load -- compare 2026-01-31T12-00-00-average 2026-01-31T12-30-00-average`;

/** A requested run. */
export interface RunArguments {
  command: "run";
  scenario: string;
  url?: string;
  stage?: string;
  vus?: string;
  rate?: string;
  duration?: string;
  slack?: string;
  open: boolean;
  allowProd: boolean;
  cloud?: "remote" | "local";
  zones?: string;
}

export interface CompareArguments {
  command: "compare";
  /** Folders of two reports, or their names under `load/reports/`. */
  reports: [before: string, after: string];
}

const PROD = /^prod(uction)?$/i;

/**
 * Reads the command line.
 *
 * @throws WrongArgument
 * @example
 * ```ts
 * readArguments(["classic", "--duration", "1m"]); // { command: "run", scenario: "classic", … }
 * ```
 */
export function readArguments(args: string[]): RunArguments | CompareArguments {
  const { values, positionals } = parse(args);
  const [first, ...more] = positionals;
  if (first === "compare") return compareArguments(more);
  const names = Object.keys(scenarios).join(", ");
  if (!first) throw new WrongArgument(`say which scenario: ${names}`);
  const scenario = scenarios[first];
  if (!scenario) throw new WrongArgument(`"${first}" is no scenario; there are ${names}`);
  if (more.length > 0) throw new WrongArgument(`"${more[0]}" is one scenario too many`);
  const { "allow-prod": allowProd, cloud, ...rest } = values;
  const run: RunArguments = {
    command: "run",
    scenario: first,
    ...rest,
    allowProd,
    ...(cloud && { cloud: cloud as "remote" | "local" }),
  };
  for (const problem of problemsOf(run, scenario.model)) throw new WrongArgument(problem);
  return run;
}

function parse(args: string[]) {
  return parseCommandLine({
    // parseArgs does not support options with an optional value.
    args: args.map((arg) => (arg === "--cloud" ? "--cloud=remote" : arg)),
    allowPositionals: true,
    options: {
      url: { type: "string" },
      stage: { type: "string" },
      vus: { type: "string" },
      rate: { type: "string" },
      duration: { type: "string" },
      slack: { type: "string" },
      open: { type: "boolean", default: false },
      "allow-prod": { type: "boolean", default: false },
      cloud: { type: "string" },
      zones: { type: "string" },
    },
  });
}

function compareArguments(reports: string[]): CompareArguments {
  const [before, after, ...more] = reports;
  if (!before || !after || more.length > 0) {
    throw new WrongArgument("compare takes two reports, folders of load/reports");
  }
  return { command: "compare", reports: [before, after] };
}

function* problemsOf(run: RunArguments, model: "open" | "closed"): Iterable<string> {
  const { scenario, url, stage, vus, rate, slack, duration, cloud, zones } = run;
  if (url && stage) yield "give --url or --stage, not both";
  if (url && !isHttp(url)) yield `--url is "${url}"; it must begin with http:// or https://`;
  if (vus && model === "open") yield `${scenario} is open: its load is set by --rate, not --vus`;
  if (rate && model === "closed")
    yield `${scenario} is closed: its load is set by --vus, not --rate`;
  for (const [name, value] of Object.entries({ vus, rate, slack })) {
    if (value !== undefined && !/^[1-9]\d*$/.test(value))
      yield `--${name} is "${value}"; it must be a whole number above 0`;
  }
  if (duration !== undefined && !isDuration(duration))
    yield `--duration is "${duration}"; it must be a time such as 90s, 10m or 1h30m`;
  if (cloud && cloud !== "remote" && cloud !== "local")
    yield `--cloud is "${cloud}"; it must be --cloud or --cloud=local`;
  if (zones && cloud !== "remote") yield "--zones is for --cloud";
  if (cloud === "remote" && !stage && isLocal(url))
    yield "--cloud needs --stage, or a --url that is reached from the internet";
  if (stage && PROD.test(stage) && !run.allowProd)
    yield `stage ${stage} is production: give --allow-prod to write to it`;
}

function isDuration(text: string): boolean {
  return /\d/.test(text) && /^(\d+h)?(\d+m)?(\d+s?)?$/.test(text) && /[1-9]/.test(text);
}

/** Whether only this machine can reach it. */
export function isLocal(url = "http://127.0.0.1"): boolean {
  const host = URL.parse(url)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}
