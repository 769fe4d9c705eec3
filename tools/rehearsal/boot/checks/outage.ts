import assert from "node:assert/strict";
import { same } from "../../checks/expect.ts";
import { HttpClient } from "../load/http.ts";
import { between, inWords, summarise } from "../load/statistics.ts";
import type { Machine } from "../machine.ts";
import { healthInGroup } from "../membership.ts";
import { pause, underLoad, type World } from "../world.ts";

const RATE = 100;

/** Longest time to a 503 in milliseconds; the slowest hundredth waits for a processor of this machine. */
const FAST = { p50: 1000, p99: 2000 };

/** Seconds until everything must be as before. */
const RECOVERY_SECONDS = 3;

/**
 * DynamoDB accepts connections but does not answer for a while: requests get a quick 503, no instance is
 * removed, replaced or restarted, and requests succeed as soon as it answers again.
 */
export async function outage(world: World, machines: Machine[], seconds: number): Promise<string> {
  const restarts = () => Promise.all(machines.map(countRestarts));
  const before = await restarts();
  const { result, load } = await underLoad(world, { rate: RATE }, async () => {
    await pause(world, 5);
    const began = Date.now();
    world.database.pause();
    try {
      await pause(world, seconds / 2);
      await Promise.all(machines.map(checkAnswers));
      await pause(world, seconds - (Date.now() - began) / 1000);
      await Promise.all(machines.map((machine) => checkMembership(world, machine)));
    } finally {
      world.database.resume();
    }
    const ended = Date.now();
    await pause(world, RECOVERY_SECONDS + 7);
    return { began, ended };
  });
  const { began, ended } = result;
  const meanwhile = summarise(between(load.samples, began, ended));
  world.steps.note(`meanwhile: ${inWords(meanwhile)}`);
  same(load.mistakes, [], "differences between what was acknowledged and the tables");
  same(await restarts(), before, "restarts");
  await Promise.all(machines.map((machine) => checkMembership(world, machine)));
  const wrong = Object.keys(meanwhile.failures).filter((outcome) => outcome !== "503");
  same(wrong, [], "failures other than 503");
  assert.ok(meanwhile.failed > 0.9 * meanwhile.requests, "the outage was none");
  for (const which of ["p50", "p99"] as const) {
    const took = meanwhile[which];
    assert.ok(took <= FAST[which], `the 503s took ${took} ms (${which})`);
  }
  const failures = load.samples.filter(({ ok, at }) => !ok && at >= ended);
  const recovered =
    failures.length > 0 ? (Math.max(...failures.map(({ at }) => at)) - ended) / 1000 : 0;
  assert.ok(recovered <= RECOVERY_SECONDS, `requests failed up to ${recovered} s after its end`);
  return `503s within ${meanwhile.p50} ms (p50) and ${meanwhile.p99} (p99), no instance out, all well ${recovered.toFixed(1)} s after its end`;
}

/** Balancer and group find it healthy. */
async function checkMembership(world: World, machine: Machine): Promise<void> {
  same((await world.balancer.target(machine)).state, "UP", `${machine.name} at the balancer`);
  same(await healthInGroup(world.stage, machine), "HEALTHY", `${machine.name} in its group`);
}

/** It is alive and ready without its dependency, and answers with a problem and Retry-After. */
async function checkAnswers({ url, name }: Machine): Promise<void> {
  const http = new HttpClient(url);
  const get = (path: string) => http.send({ method: "GET", path });
  same((await get("/health/live")).status, 200, `${name} lives`);
  same((await get("/health/ready")).status, 200, `${name} is ready`);
  const deep = await get("/health/deep");
  same(deep.status, 503, `${name} knows of its database`);
  assert.match(deep.body, /DynamoDB .*did not answer/, `${name} says what is away`);
  const answer = await get("/users/00000000-0000-7000-8000-000000000000");
  same(answer.status, 503, `an answer of ${name}`);
  assert.match(`${answer.headers["content-type"]}`, /^application\/problem\+json/, name);
  assert.ok(Number(answer.headers["retry-after"]) > 0, `${name} does not say when to come back`);
  http.close();
}

async function countRestarts(machine: Machine): Promise<string> {
  return machine.run("systemctl show --property NRestarts --value 'api@*.service'");
}
