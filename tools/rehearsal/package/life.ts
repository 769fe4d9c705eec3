/** An app's life with the library, from an empty account to an empty account. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { CommandFailed } from "../../common/processes.ts";
import type { Steps } from "../../common/steps.ts";
import { until } from "../../common/until.ts";
import type { Run } from "../deploy/command.ts";
import { type Change, type Outcome, Sst } from "../deploy/sst.ts";
import type { App } from "./app.ts";
import { edit } from "./examples.ts";

const STAGE = "rehearsal";

const DEV_SECONDS = 300;

/** SST in an app's folder, a step for each command. */
export class AppSst {
  readonly #sst: Sst;
  readonly #steps: Steps;
  /** Seconds of the commands that were run to their end. */
  #seconds = 0;

  constructor({ folder, path }: App, env: NodeJS.ProcessEnv, { processes, steps }: Run) {
    this.#sst = new Sst(processes, { ...env, PATH: path }, folder);
    this.#steps = steps;
  }

  /** Runs a command as a step. */
  async step(title: string, ...args: string[]): Promise<Outcome> {
    const began = performance.now();
    const outcome = await this.#steps.run(title, () => this.#sst.run(...args, "--stage", STAGE));
    this.#seconds += (performance.now() - began) / 1000;
    return outcome;
  }

  /** Prints how long the commands so far took. */
  noteSeconds(what: string): void {
    this.#steps.note(`${what}: ${Math.round(this.#seconds)} s of sst`);
  }

  /** @returns whether the engine could: the tools' is older than SST 4 and lacks a flag */
  async refresh(): Promise<boolean> {
    try {
      await this.step("sst refresh", "refresh");
      return true;
    } catch (error) {
      if (!(error instanceof CommandFailed && /unknown flag: --config/.test(error.output)))
        throw error;
      this.#steps.note("the engine here is too old for this SST's refresh");
      return false;
    }
  }

  /** What a deploy changes. */
  async deploy(title: string): Promise<Change[]> {
    return (await this.step(title, "deploy")).changes;
  }

  /** Starts `sst dev` of a stage of its own. */
  dev(env: NodeJS.ProcessEnv) {
    return this.#sst.start(["dev", "--mode=mono", "--stage", `${STAGE}-dev`], env);
  }
}

/** Deploys, deploys again, deploys an edit. */
export async function deployAndChange(sst: AppSst, { folder }: App): Promise<void> {
  const first = await sst.step("sst deploy", "deploy");
  assert.match(first.output, /url: +http/, "the deploy prints an address");
  same(await sst.deploy("sst deploy, nothing changed"), "without a change");
  await edit(folder);
  const difference = await sst.step("sst diff, after an edit", "diff");
  assert.match(difference.output, /LaunchTemplate/, "sst diff shows the edit");
  const edited = await sst.deploy("sst deploy, after an edit");
  const kinds = edited.map(({ action, resource }) => `${action} ${resource.split(" ").at(-1)}`);
  assert.ok(
    kinds.includes("Updated aws:ec2/launchTemplate:LaunchTemplate") ||
      kinds.some((each) => /Updated aws:ec2:LaunchTemplate/.test(each)),
    `a new version of the template: ${kinds.join(", ")}`,
  );
  assert.ok(
    !kinds.some((each) => /Replaced|Error/.test(each)),
    `nothing is replaced: ${kinds.join(", ")}`,
  );
  sst.noteSeconds("a user who deploys, compares and changes has waited, besides downloads");
}

/** What else a user does with a deployed stage. */
export async function lookAfter(sst: AppSst): Promise<void> {
  if (await sst.refresh()) same(await sst.deploy("sst deploy after it"), "after a refresh");
  await sst.step("sst unlock", "unlock");
}

/**
 * Another app in the same account, with the same stage and the same components; its name begins with
 * that of the first.
 */
export async function deployNeighbour(sst: AppSst, { folder }: App): Promise<void> {
  const file = join(folder, "sst.config.ts");
  const config = await readFile(file, "utf8");
  const neighbour = config.replace(/name: "(\w[\w-]*)"/, 'name: "$1-two"');
  assert.notEqual(neighbour, config, "the app has a name");
  await writeFile(file, neighbour);
  await sst.deploy("sst deploy of a second app in the account");
  await writeFile(file, config);
  same(await sst.deploy("sst deploy of the first"), "beside another app");
  await writeFile(file, neighbour);
  await sst.step("sst remove of the second", "remove");
  await writeFile(file, config);
  await sst.refresh();
  same(await sst.deploy("sst deploy of the first again"), "after the other has gone");
}

/** `sst dev` runs the program here, with its links. */
export async function develop(sst: AppSst, { processes, steps }: Run, words: RegExp) {
  await steps.run("sst dev", async () => {
    const port = await getPort({ host: "127.0.0.1" });
    const child = sst.dev({ PORT: String(port) });
    let code: number | null | undefined;
    child.once("exit", (given) => (code = given));
    try {
      await until({ what: `${words} on port ${port}`, seconds: DEV_SECONDS }, async () => {
        if (code !== undefined) throw new Error(`sst dev ended with ${code}`);
        const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
        return answer && words.test(await answer.text());
      });
    } finally {
      await processes.stop(child);
    }
  });
}

function same(changed: Change[], when: string): void {
  assert.deepEqual(changed, [], `nothing changes ${when}`);
}
