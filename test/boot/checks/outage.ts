import assert from "node:assert/strict";
import type { Machine } from "../../../scripts/rehearse-boot/machine.ts";
import { same } from "../../rehearsal/expect.ts";
import { HttpClient } from "../load/http.ts";
import { between, inWords, summarise } from "../load/statistics.ts";
import { pause, underLoad, type World } from "../world.ts";

const RATE = 100;
const OUTAGE_SECONDS = 20;

/** How fast a 503 has to be, in milliseconds: the deadline of 800, and the noise of this machine. */
const FAST = 2000;

/** Seconds after which everything has to be as before. */
const RECOVERY_SECONDS = 3;

/**
 * DynamoDB accepts connections and answers nothing for a while: requests get 503 fast, no instance is
 * taken out or restarted, and all is well as soon as it answers again.
 */
export async function outage(world: World, machines: Machine[]): Promise<string> {
  const restarts = () => Promise.all(machines.map(countRestarts));
  const before = await restarts();
  const { result, load } = await underLoad(world, { rate: RATE }, async () => {
    await pause(world, 5);
    const began = Date.now();
    world.database.pause();
    try {
      await pause(world, OUTAGE_SECONDS / 2);
      await Promise.all(machines.map(checkAnswers));
      await pause(world, OUTAGE_SECONDS - (Date.now() - began) / 1000);
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
  for (const machine of machines) {
    same((await world.balancer.target(machine)).state, "UP", `${machine.name} at the balancer`);
  }
  const wrong = Object.keys(meanwhile.failures).filter((outcome) => outcome !== "503");
  same(wrong, [], "failures other than 503");
  assert.ok(meanwhile.failed > 0.9 * meanwhile.requests, "the outage was none");
  assert.ok(meanwhile.p99 <= FAST, `the slowest hundredth of the 503s took ${meanwhile.p99} ms`);
  const failures = load.samples.filter(({ ok, at }) => !ok && at >= ended);
  const recovered =
    failures.length > 0 ? (Math.max(...failures.map(({ at }) => at)) - ended) / 1000 : 0;
  assert.ok(recovered <= RECOVERY_SECONDS, `requests failed up to ${recovered} s after its end`);
  return `503s within ${meanwhile.p99} ms (p99), all well ${recovered.toFixed(1)} s after its end`;
}

/** Alive, not ready, and a problem that says when to come back. */
async function checkAnswers({ url, name }: Machine): Promise<void> {
  const http = new HttpClient(url);
  const get = (path: string) => http.send({ method: "GET", path });
  same((await get("/health/live")).status, 200, `${name} lives`);
  same((await get("/health/ready")).status, 503, `${name} is ready`);
  const answer = await get("/users/00000000-0000-7000-8000-000000000000");
  same(answer.status, 503, `an answer of ${name}`);
  assert.match(`${answer.headers["content-type"]}`, /^application\/problem\+json/, name);
  assert.ok(Number(answer.headers["retry-after"]) > 0, `${name} does not say when to come back`);
  http.close();
}

async function countRestarts(machine: Machine): Promise<string> {
  return machine.run("systemctl show --property NRestarts --value 'api@*.service'");
}
