/** Set-up and clean-up of a boot rehearsal. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Processes } from "../../common/processes.ts";
import { Steps } from "../../common/steps.ts";
import { present } from "../checks/expect.ts";
import { releaseLock, takeLock } from "../deploy/lock.ts";
import { paths } from "../deploy/paths.ts";
import { findTools, Tools } from "./tools.ts";

/** Folder for machines' user data. */
export const folder = join(paths.home, "boot");

/** A run with its processes and clean-up. */
export class Session implements AsyncDisposable {
  /** Aborts when the run is interrupted. */
  readonly interrupted: AbortSignal;
  readonly processes: Processes;
  readonly steps = new Steps();
  /** Clean-up, latest first. */
  readonly undo = new AsyncDisposableStack();

  constructor(interrupted: AbortSignal) {
    this.interrupted = interrupted;
    this.processes = new Processes(interrupted);
    this.undo.defer(releaseLock);
    this.undo.defer(() => this.processes.stopAll());
  }

  /** Takes the lock, and the tools for this run alone. */
  async takeTools(): Promise<Tools> {
    const tools = new Tools(present(findTools(), "the tools"), this.interrupted);
    await takeLock();
    await rm(paths.logs, { recursive: true, force: true });
    await mkdir(paths.logs, { recursive: true });
    await mkdir(folder, { recursive: true });
    await this.steps.run("the tools and their base system", () => tools.run("install.sh"));
    await this.#own(tools);
    return tools;
  }

  /** Cleans up everything, even if some of it fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.undo.disposeAsync();
  }

  /** Refuses to run beside somebody else's machines, because clean-up removes all of them. */
  async #own(tools: Tools): Promise<void> {
    const others = await tools.json<{ name: string }[]>("instance", "list");
    if (others.length > 0) {
      throw new Error(
        `machines of another rehearsal are there (${others.map(({ name }) => name).join(", ")}); ` +
          `when none is running, ${tools.folder}/instance rm --all and balancer stop remove them`,
      );
    }
    this.undo.defer(async () => {
      await tools.undisturbed.run("balancer", ["stop"]);
      await tools.undisturbed.run("instance", ["rm", "--all"]);
    });
  }
}
