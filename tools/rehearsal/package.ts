/**
 * `npm run rehearse:package`: the library as somebody else meets it. Packs it, makes an app in an empty
 * folder, installs the tarball, deploys to the AWS emulator, changes the program, deploys again, removes.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCommandLine, WrongArgument } from "../common/command-line.ts";
import { root } from "../common/root.ts";
import { command, type Run } from "./deploy/command.ts";
import { installEmulator, startEmulator } from "./deploy/emulator.ts";
import { type Engine, findEngine } from "./deploy/engine.ts";
import { takeLock } from "./deploy/lock.ts";
import { paths } from "./deploy/paths.ts";
import { environment } from "./deploy/sst.ts";
import { type App, type AppArgs, checkTypes, installApp, writeApp } from "./package/app.ts";
import { examples, prepareBase } from "./package/examples.ts";
import { packLibrary } from "./package/library.ts";
import { AppSst, deployAndChange, deployNeighbour, develop, lookAfter } from "./package/life.ts";
import { isManager, MANAGERS } from "./package/managers.ts";
import { matchProvider } from "./package/provider.ts";

const USAGE = `npm run rehearse:package -- [options]

Packs the library, and deploys, changes and removes an app with it, from an empty folder.

  --manager NAME    ${MANAGERS.join(", ")} (default npm)
  --workspace       the app is a folder of a workspace in a git repository
  --sst VERSION     the version of SST (default that of this repository)
  --example NAME    the app, in examples/ (default minimal); may be given several times
  --examples        all of them
  -h, --help        this text

examples
  npm run rehearse:package
  npm run rehearse:package -- --manager pnpm --sst 4.17.0`;

await command("rehearse:package", USAGE, begin);

async function begin(args: string[], run: Run): Promise<void> {
  const {
    manager,
    workspace,
    sst,
    example,
    examples: all,
  } = parseCommandLine({
    args,
    options: {
      manager: { type: "string", default: "npm" },
      workspace: { type: "boolean", default: false },
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
  const engine = await findEngine();
  const { install } = engine;
  if (install) await run.steps.run("the engine and the provider", () => install(run.processes));
  const tarball = await run.steps.run("npm pack", () => packLibrary(run.processes));
  for (const name of all ? known : example) {
    const app = { manager, workspace, sst: sst ?? (await ownVersion()), tarball, example: name };
    await rehearse(app, engine, run);
    await run.processes.stopAll();
  }
}

async function ownVersion(): Promise<string> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8")).devDependencies.sst;
}

async function rehearse(args: AppArgs, engine: Engine, run: Run): Promise<void> {
  const { steps } = run;
  const { example, manager, workspace, sst: version } = args;
  const where = workspace ? "in a workspace " : "";
  console.info(`${example} ${where}with ${manager} and SST ${version}, ${engine.description}.`);
  const app = await writeApp(args);
  let kept = true;
  try {
    await live(app, args, engine, run);
    kept = false;
  } finally {
    if (kept && !run.interrupted.aborted) steps.note(`the app stays in ${app.top}`);
    else await rm(app.top, { recursive: true, force: true });
  }
}

async function live(app: App, args: AppArgs, engine: Engine, run: Run): Promise<void> {
  const { processes, steps } = run;
  const { example, manager } = args;
  await prepareBase(app.folder);
  await steps.run(`${manager} install`, () => installApp(app, args, processes));
  const env = environment(await prepareAccount(run), engine.env);
  await new AppSst(app, env, run).step("sst install", "install");
  await steps.run("types", () => checkTypes(app, processes));
  const provider = engine.provider === "pulumi" ? {} : await matchProvider(app.folder);
  const sst = new AppSst(app, { ...env, ...provider }, run);
  await deployAndChange(sst, app);
  if (example === "minimal") {
    await lookAfter(sst);
    await deployNeighbour(sst, app);
    await develop(sst, run, /The notes are in shop-rehearsal-dev-/);
  }
  await sst.step("sst remove", "remove");
}

/** An empty account; returns its address. */
async function prepareAccount({ processes, steps }: Run): Promise<string> {
  await steps.run("the emulator's packages", () => installEmulator(processes));
  const emulator = await steps.run("the emulator", () =>
    startEmulator(processes, { files: paths }),
  );
  await emulator.control({ refreshOutcome: "Successful" });
  await writeFile(paths.report, "");
  await writeFile(paths.calls, "");
  return emulator.endpoint;
}
