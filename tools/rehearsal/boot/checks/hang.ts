import { same } from "../../checks/expect.ts";
import type { Machine } from "../machine.ts";
import { until, type World } from "../world.ts";

/** Three looks, five seconds apart, and time for systemd. */
const PATIENCE_SECONDS = 60;

/**
 * One of a service's processes hangs, invisibly from outside, because the other answers on their port. The
 * watchdog kills it, systemd restarts it, and the other keeps running.
 *
 * @param instances of the unit, e.g. `["api@1", "api@2"]`; the first one hangs
 */
export async function checkHang(
  world: World,
  machine: Machine,
  [unit, ...others]: [string, ...string[]],
): Promise<number> {
  const restarts = async (of: string) => Number(await machine.property(of, "NRestarts"));
  const before = await restarts(unit);
  const untouched = await Promise.all(others.map(restarts));
  const began = Date.now();
  await machine.run(`systemctl kill --signal STOP '${unit}.service'`);
  await until(world, PATIENCE_SECONDS, `the watchdog restarts ${unit}, which hangs`, async () =>
    (await restarts(unit)) > before ? true : undefined,
  );
  const seconds = Math.round((Date.now() - began) / 1000);
  same(await Promise.all(others.map(restarts)), untouched, `restarts of ${others.join(" and ")}`);
  const said = await machine.run("journalctl --unit '*-watchdog.service' --output cat");
  same(/gave no sign of life/.test(said), true, "the watchdog says why");
  return seconds;
}
