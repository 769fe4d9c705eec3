import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyCheckout } from "../../common/checkout.ts";
import type { Processes } from "../../common/processes.ts";
import type { Steps } from "../../common/steps.ts";
import { setUpAccess } from "./access.ts";
import { type Emulator, HOSTILE, installEmulator, startEmulator } from "./emulator.ts";
import type { Engine } from "./engine.ts";
import { STAGE } from "./life.ts";
import { paths } from "./paths.ts";
import { environment, Sst } from "./sst.ts";
import { takeEdge } from "./without-edge.ts";

export interface Preparation {
  engine: Engine;
  processes: Processes;
  steps: Steps;
  /** A running emulator with its deployments. @default a new, empty one */
  emulator?: Emulator | undefined;
  /** Whether the emulator is as late and strict as AWS. @default false */
  hostile?: boolean;
}

/** Prepares everything for a deploy: the copy, the emulator, the engine, SST's platform. */
export async function prepare({
  engine,
  processes,
  steps,
  emulator: running,
  hostile = false,
}: Preparation) {
  await steps.run("a copy of the working tree", () => copyCheckout(paths.app));
  if (engine.provider === "stand-in") await takeEdge();
  const { install } = engine;
  if (install) await steps.run("the engine and the provider", () => install(processes));
  const emulator = running ?? (await start({ engine, processes, steps, hostile }));
  await emulator.control({ refreshOutcome: "Successful" });
  await writeFile(paths.report, "");
  await writeFile(paths.calls, "");
  const sst = new Sst(processes, environment(emulator.endpoint, engine.env));
  if (!existsSync(join(paths.app, ".sst/platform/version"))) {
    await steps.run("sst install", () => sst.run("install", "--stage", STAGE));
  }
  if (!running) {
    await steps.run("sst secret list: SST's own bucket and settings", () => setUpSst(sst));
  }
  return { sst, emulator };
}

/** Makes SST create its bucket and settings in a region; the command then fails for lack of a secret. */
export async function setUpSst(sst: Sst): Promise<void> {
  const setUp = sst.with({ AWS_ACCESS_KEY_ID: "bootstrap" });
  await setUp.fails(/No secrets found/, "secret", "list", "--stage", STAGE);
}

async function start({ engine, processes, steps, hostile }: Preparation) {
  await steps.run("the emulator's packages", () => installEmulator(processes));
  // Unlike the real providers, the stand-in does not wait until AWS knows a new role.
  const known = HOSTILE.filter((each) => engine.provider !== "stand-in" || each !== "roles");
  const title = hostile ? "the emulator, late and strict as AWS" : "the emulator";
  const emulator = await steps.run(title, () =>
    startEmulator(processes, { hostile: hostile ? known : [], files: paths }),
  );
  await steps.run("the access stack: policies, boundaries, roles", () =>
    setUpAccess(emulator.endpoint),
  );
  return emulator;
}
