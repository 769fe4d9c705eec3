/**
 * `npm run rehearse:package`: the library as somebody else meets it. Packs it, makes an app in an empty
 * folder, installs the tarball, deploys to the AWS emulator, changes the program, deploys again, removes.
 */
import assert from "node:assert/strict";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main, parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { onInterruption } from "../common/interruption.ts";
import { Processes } from "../common/processes.ts";
import { root } from "../common/root.ts";
import { Steps } from "../common/steps.ts";
import { installEmulator, startEmulator } from "./deploy/emulator.ts";
import { findEngine } from "./deploy/engine.ts";
import { releaseLock, takeLock } from "./deploy/lock.ts";
import { paths } from "./deploy/paths.ts";
import { changes, environment, explainFailure } from "./deploy/sst.ts";
import { edit, examples, prepareBase } from "./package/examples.ts";
import { packLibrary } from "./package/library.ts";
import { isManager, MANAGERS, type Manager, makeApp } from "./package/managers.ts";

const USAGE = `npm run rehearse:package -- [options]

Packs the library, and deploys, changes and removes an app with it, from an empty folder.

  --manager NAME    ${MANAGERS.join(", ")} (default npm)
  --sst VERSION     the version of SST (default that of this repository)
  --example NAME    the app, in examples/ (default minimal); may be given several times
  --examples        all of them
  -h, --help        this text

examples
  npm run rehearse:package
  npm run rehearse:package -- --manager pnpm --sst 4.17.0`;

const STAGE = "rehearsal";

const interruption = onInterruption();
const processes = new Processes(interruption);
const steps = new Steps();

await main("rehearse:package", USAGE, begin, explainFailure);

async function begin(args: string[]): Promise<void> {
  const {
    manager,
    sst,
    example,
    examples: all,
  } = parseCommandLine({
    args,
    options: {
      manager: { type: "string", default: "npm" },
      sst: { type: "string" },
      example: { type: "string", multiple: true, default: ["minimal"] },
      examples: { type: "boolean", default: false },
    },
  }).values;
  if (!isManager(manager))
    throw new WrongArgument(`--manager is "${manager}"; allowed are ${MANAGERS.join(", ")}`);
  const known = await examples();
  const unknown = example.find((name) => !known.includes(name));
  if (unknown)
    throw new WrongArgument(`--example is "${unknown}"; allowed are ${known.join(", ")}`);
  await takeLock();
  try {
    const tarball = await steps.run("npm pack", packLibrary);
    for (const name of all ? known : example) {
      await rehearse(manager, sst ?? (await ownVersion()), name, tarball);
      await processes.stopAll();
    }
  } finally {
    await processes.stopAll();
    await releaseLock();
  }
}

async function ownVersion(): Promise<string> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8")).devDependencies.sst;
}

async function rehearse(
  manager: Manager,
  sst: string,
  example: string,
  tarball: string,
): Promise<void> {
  const engine = await findEngine();
  console.info(`${example} with ${manager} and SST ${sst}, ${engine.description}.`);
  const { install } = engine;
  if (install) await steps.run("the engine and the provider", () => install(processes));
  const folder = join(paths.home, "..", `package/${manager}-${sst}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(root, "examples", example), folder, { recursive: true });
  await prepareBase(folder);
  await steps.run("installing", () => makeApp(folder, { manager, sst, tarball }, processes));
  await steps.run("the emulator's packages", () => installEmulator(processes));
  const emulator = await steps.run("the emulator", () =>
    startEmulator(processes, { files: paths }),
  );
  await emulator.control({ refreshOutcome: "Successful" });
  await writeFile(paths.report, "");
  await writeFile(paths.calls, "");
  const env = environment(emulator.endpoint, engine.env);
  let count = 0;
  const run = async (...args: string[]) => {
    count += 1;
    const log = join(paths.logs, `package-${count}-${args[0]}.log`);
    const path = `${join(folder, "node_modules/.bin")}:${process.env.PATH}`;
    return processes.run("sst", [...args, "--stage", STAGE], {
      cwd: folder,
      env: { ...env, PATH: path },
      log,
    });
  };

  await steps.run("sst install", () => run("install"));
  const first = await steps.run("sst deploy", () => run("deploy"));
  assert.match(first, /url: +http/, "the deploy prints an address");
  const again = changes(await steps.run("sst deploy, nothing changed", () => run("deploy")));
  assert.deepEqual(again, [], "nothing changes without a change");
  await edit(folder);
  const edited = changes(await steps.run("sst deploy, after an edit", () => run("deploy")));
  const kinds = edited.map(({ action, resource }) => `${action} ${resource.split(" ").at(-1)}`);
  assert.ok(
    kinds.some((each) => /Updated aws:ec2:LaunchTemplate/.test(each)),
    `a new version of the template: ${kinds.join(", ")}`,
  );
  assert.ok(
    !kinds.some((each) => /Replaced|Error/.test(each)),
    `nothing is replaced: ${kinds.join(", ")}`,
  );
  await steps.run("sst remove", () => run("remove"));
}
