import { checkBrokenVersions } from "./checks/broken.ts";
import { endCollector, startCollector } from "./checks/collector.ts";
import { checkCrash } from "./checks/crash.ts";
import { replaceCrashing } from "./checks/crashing.ts";
import { checkHang } from "./checks/hang.ts";
import { checkMemory } from "./checks/memory.ts";
import { outage } from "./checks/outage.ts";
import { cutPower } from "./checks/power-cut.ts";
import { checkProcesses } from "./checks/processes.ts";
import { replace } from "./checks/replacement.ts";
import { checkRights } from "./checks/rights.ts";
import { checkSecrets } from "./checks/secrets.ts";
import { takeTour } from "./checks/tour.ts";
import type { Machine } from "./machine.ts";
import { until, type World } from "./world.ts";

/** The life of two instances and their successors, in order. */
export async function rehearseLife(world: World): Promise<void> {
  const old = await check(world, "two instances boot and get ready", () => boot(world));
  const [first, second] = old;
  const secrets = await check(world, "the whole tour through the balancer", async () => {
    const { password, token } = await takeTour(world.balancer.url);
    const keys = Object.values(world.stage.links.tokenSecret);
    return [[password, token, ...keys], "every route, links by SSM"] as const;
  });
  await check(world, "no secret in user data, disk, processes, journal, console", async () => {
    await Promise.all(
      old.map((machine) => checkSecrets(machine, world.stage.before.userData, secrets)),
    );
    return [undefined, "searched for password, token and token secret on both: nowhere"] as const;
  });
  const hanging = check(world, "one of two processes hangs, and is killed", async () =>
    said(`back after ${await checkHang(world, second, ["api@1", "api@2"])} s, the other untouched`),
  );
  const running = check(
    world,
    "a process a vCPU, a dynamic user, writes to its state alone",
    async () => said(await checkProcesses(first)),
  );
  const rights = check(world, "an instance reads its own links, and nobody else's", async () =>
    said(await checkRights(world, first)),
  );
  rethrow(await Promise.allSettled([hanging, running, rights]));
  await check(world, "kill -9 of every process, under load", async () =>
    said(await checkCrash(world, first)),
  );
  const fresh = await check(world, "a new version replaces both, 200 requests/s", async () => {
    const { before, booting, draining, fresh } = await replace(world, old);
    const [one, two] = fresh as [Machine, Machine];
    const requests = booting.requests + draining.requests;
    const found =
      `${requests} requests, ${booting.failed + draining.failed} failed; p99 ${before.p99} ms before, ` +
      `${booting.p99} while new ones boot, ${draining.p99} while old ones drain`;
    return [[one, two] as const, found] as const;
  });
  const [one, two] = fresh;
  await check(world, "memory with full queues, beside a micro", async () =>
    said(await checkMemory(world, one)),
  );
  await besides(world, fresh);
  await check(world, "five broken versions", async () => {
    world.report.reasons.push(...(await checkBrokenVersions(world)));
    return [undefined, "none gets a request, each says why"] as const;
  });
  await check(world, "power cut of one instance, under load", async () =>
    said(await cutPower(world, two, one)),
  );
  await check(world, "a running version that crashes is replaced, while alarms fire", async () =>
    said(await replaceCrashing(world, [one])),
  );
}

/** An outage of DynamoDB, and meanwhile the life of what needs none. */
async function besides(world: World, machines: readonly Machine[]): Promise<void> {
  const { outageSeconds } = world;
  const away = check(world, `DynamoDB is away for ${outageSeconds} s, under load`, async () =>
    said(await outage(world, [...machines], outageSeconds)),
  );
  // #region quotes
  const lives = async () => {
    const collector = await check(
      world,
      "the quotes collector boots, and bears trouble",
      async () => {
        const machine = await startCollector(world);
        return [machine, "kill -9, another user and password, a database that was away"] as const;
      },
    );
    await check(world, "the quotes collector hangs, and is terminated", async () =>
      said(await endCollector(world, collector)),
    );
  };
  // #endregion quotes
  // Neither keeps running when the other fails.
  rethrow(
    await Promise.allSettled([
      away,
      lives(), // drop: quotes
    ]),
  );
}

/** @throws the failure of one, or all failures together */
function rethrow(outcomes: PromiseSettledResult<unknown>[]): void {
  const reasons = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (reasons.length > 1) throw new Error(reasons.map(({ message }) => message).join("; and "));
  if (reasons.length > 0) throw reasons[0];
}

async function boot(world: World) {
  const start = async (name: string, zone: string) => {
    const machine = await world.launch(name, world.stage.before.userData, zone);
    const seconds = await machine.ready();
    // The API may answer a moment before user data reports it.
    const line = await until(world, 10, `the console of ${name} says that it is ready`, async () =>
      (await machine.console()).split("\n").find((each) => each.includes(": ready")),
    );
    world.report.starts.push(`${seconds.toFixed(1)} s after power-on · ${line.trim()}`);
    world.steps.note(`${name}: ${seconds.toFixed(1)} s after power-on; ${line.trim()}`);
    await world.balancer.add(machine);
    const entered = await world.balancer.wait(machine, "UP");
    return { machine, seconds, entered };
  };
  const [one, two] = await Promise.all([
    start("old-1", "us-east-1a"),
    start("old-2", "us-east-1b"),
  ]);
  const ready = [one, two].map(({ seconds }) => seconds.toFixed(1)).join(" and ");
  const entered = Math.max(one.entered, two.entered).toFixed(1);
  const found = `ready ${ready} s after power-on, in the balancer ${entered} s later`;
  return [[one.machine, two.machine] as const, found] as const;
}

/** A step whose outcome goes into the report. */
async function check<Result>(
  { steps, report }: World,
  title: string,
  action: () => Promise<readonly [Result, string]>,
): Promise<Result> {
  const began = performance.now();
  const [result, found] = await steps.run(title, action);
  steps.note(found);
  report.check(title, (performance.now() - began) / 1000, found);
  return result;
}

function said(found: string) {
  return [undefined, found] as const;
}
