import assert from "node:assert/strict";
import { keyOf } from "@steadfast/local";
import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";
import { stateInGroup, terminate } from "../membership.ts";
import { pause, until, type World } from "../world.ts";
import { checkHang } from "./hang.ts";
import { send } from "./probe.ts";

/**
 * First half of the collector's story: it stores quotes over TLS with the password from the database's
 * secret, and continues after `kill -9`, a rotated password and a crash of the database.
 */
export async function startCollector(world: World): Promise<Machine> {
  const { quotes } = world;
  const machine = await quotes.launch("collector");
  await until(world, 60, "the collector gets ready", () => isReady(machine)).catch(
    async (error) => {
      const journal = await machine.run("journalctl --no-pager --lines 20 --output cat");
      throw new Error(`${error.message}; the end of its journal:\n${journal}`, { cause: error });
    },
  );
  await checkAlone(machine);
  await more(world, "quotes are stored");
  await checkReading(world);
  await machine.run("systemctl kill --signal KILL 'collector@*.service'");
  await more(world, "quotes are stored after kill -9");
  await quotes.backend.rotate();
  await more(world, "quotes are stored with a rotated password");
  same(
    Number(await machine.property("collector@1.service", "NRestarts")),
    1,
    "restarts up to the rotated password",
  );
  await quotes.backend.server.crash();
  await pause(world, 5);
  await quotes.backend.server.start();
  await more(world, "quotes are stored after the database was away");
  return machine;
}

/**
 * Second half: it continues after its process hung, which the watchdog takes a while to notice. When the
 * group terminates it, every quote is stored once.
 */
export async function endCollector(world: World, machine: Machine): Promise<string> {
  const hung = await checkHang(world, machine, ["collector@1"]);
  await more(world, "quotes are stored after the collector hung");
  await leave(world, machine);
  const stored = await compare(world);
  return `${stored} quotes, none missing, none twice; one that hung was killed after ${hung} s`;
}

/**
 * Whether the boot succeeded, by its console, because nothing outside reaches its port.
 *
 * @returns `undefined` as long as there is no word
 * @throws with the console's line when the boot failed
 */
async function isReady(machine: Machine): Promise<true | undefined> {
  const said = await machine.console();
  const failure = said.split("\n").find((line) => line.includes("boot failed"));
  if (failure) throw new Error(failure);
  return said.includes("collector: ready") || undefined;
}

/** The API reads what was stored, by a read-only role with an IAM token. */
async function checkReading(world: World) {
  const statuses = new Set<number | undefined>();
  // The API may meet the database for the first time.
  await until(world, 30, "the newest quote is read through the API", async () => {
    const { statusCode } = await send(`${world.balancer.url}/quotes/latest`);
    statuses.add(statusCode);
    return statusCode === 200 || undefined;
  }).catch(({ message }) => {
    const logins = [...new Set(world.quotes.backend.logins)].join(", ") || "nobody";
    throw new Error(`${message}; it answered ${[...statuses]}, and logged in has ${logins}`);
  });
}

/** One process, which answers only on the machine itself. */
async function checkAlone(machine: Machine) {
  const units = "systemctl list-units 'collector@*.service' --state active --plain --no-legend";
  same((await machine.run(`${units} | wc --lines`)).trim(), "1", "the collector's processes");
  const outside = await fetch(`${machine.url}/health/live`, {
    signal: AbortSignal.timeout(3000),
  }).then(
    () => "answers",
    () => "is refused",
  );
  same(outside, "is refused", "a health check from outside");
}

/** Waits for three quotes more than there are. */
async function more(world: World, what: string) {
  const count = async () => (await world.quotes.backend.stored().catch(() => [])).length;
  const before = await count();
  await until(world, 30, what, async () => ((await count()) >= before + 3 ? true : undefined));
}

/** The group terminates the instance, which stores what it has, completes the hook and ends. */
async function leave(world: World, machine: Machine) {
  await terminate(world.stage, machine);
  await machine.lifecycle("Terminated");
  await until(world, 60, "the collector completes its lifecycle hook", async () =>
    (await stateInGroup(world.stage, machine)) === "Terminated" ? true : undefined,
  );
  await machine.stop();
}

/** Compares the market's answers with the database. @returns how many quotes that are */
async function compare({ quotes }: World): Promise<number> {
  const { answered } = quotes.backend.market;
  const stored = (await quotes.backend.stored()).map(keyOf);
  same(new Set(stored).size, stored.length, "distinct quotes among those that are stored");
  const strange = stored.filter((key) => !answered.has(key));
  same(strange, [], "quotes that nobody told of");
  const missing = [...answered.keys()].filter((key) => !stored.includes(key));
  // Killed between an answer and the disk, once by us and once by the watchdog.
  assert.ok(missing.length <= 2, `quotes are missing: ${missing.join(", ")}`);
  return stored.length;
}
