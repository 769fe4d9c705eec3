import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tools } from "./tools.ts";

export interface LaunchOptions {
  /** Name of the machine, unique per rehearsal. */
  name: string;
  /** Script for the first boot. */
  userData: string;
  /** Zone, e.g. `us-east-1a`. */
  zone: string;
  /** The Auto Scaling group. */
  group: string;
  /** The service's port. */
  port: number;
  /** Address of the emulator. */
  endpoint: string;
  /** Ports of the machine's gateway, each with this host's port behind it. */
  forwards: Record<number, number>;
  /** Environment of everything on the machine, from its gateway's address. */
  environment(gateway: string): Record<string, string>;
  /** Folder for the user data file. */
  folder: string;
}

/**
 * The secret key of the instances' role; the access key is the group's name, which identifies the
 * calls.
 */
export const ROLE_SECRET = "rehearsal";

interface Summary {
  name: string;
  id: string;
  ip: string;
  port: number;
}

/** A machine booted as EC2 boots one. */
export class Machine {
  readonly name: string;
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  readonly #tools: Tools;

  private constructor(tools: Tools, { name, id, ip, port }: Summary) {
    this.#tools = tools;
    this.name = name;
    this.id = id;
    this.ip = ip;
    this.port = port;
  }

  /** Powers a new machine on and returns once systemd runs; user data runs right after. */
  static async launch(tools: Tools, options: LaunchOptions): Promise<Machine> {
    const file = join(options.folder, `${options.name}.user-data`);
    await writeFile(file, options.userData);
    const { gateway } = await tools.json<{ gateway: string }>("instance", "addresses");
    const args = [
      "launch",
      ...["--name", options.name, "--user-data", file, "--asg", options.group],
      ...["--az", options.zone, "--port", String(options.port)],
      ...["--endpoint-url", options.endpoint],
      ...Object.entries(options.forwards).flatMap(([port, own]) => [
        "--forward",
        `${port}:127.0.0.1:${own}`,
      ]),
      ...Object.entries(options.environment(gateway)).flatMap(([name, value]) => [
        "--env",
        `${name}=${value}`,
      ]),
      ...["--role-credentials", "env"],
    ];
    const answer = await tools.run("instance", args, "", {
      AWS_ACCESS_KEY_ID: options.group,
      AWS_SECRET_ACCESS_KEY: ROLE_SECRET,
    });
    const summary: Summary = JSON.parse(answer);
    return new Machine(tools, summary);
  }

  /** Its own address, bypassing the balancer. */
  get url(): string {
    return `http://${this.ip}:${this.port}`;
  }

  /**
   * Waits for the first 200.
   *
   * @param path what is asked for
   * @returns seconds since power-on
   * @throws as soon as user data fails
   */
  async ready(path = "/health/ready", timeout = 120): Promise<number> {
    const options = ["--http", path, "--timeout", String(timeout)];
    const { since_power_on } = await this.#tools.json<{ since_power_on: number }>(
      "instance",
      "wait",
      this.name,
      ...options,
    );
    return since_power_on;
  }

  /** Runs a bash script as root on the machine and returns its output. @throws ToolFailed */
  run(script: string, ...args: string[]): Promise<string> {
    // The script is passed on standard input, so that it never shows in a process list.
    return this.#tools.run("instance", ["exec", this.name, "--", "bash", "-s", ...args], script);
  }

  /** The console's content, the first place where an operator looks. */
  console(): Promise<string> {
    // The file does not exist before somebody writes to it.
    return this.run("cat /dev/console 2>/dev/null || :");
  }

  /** A property of a unit, e.g. `NRestarts`. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.run(`systemctl show --property ${name} --value ${unit}`)).trim();
  }

  /** Sets the lifecycle state that the metadata service reports. */
  async lifecycle(state: "InService" | "Terminated"): Promise<void> {
    await this.#tools.run("instance", ["lifecycle", this.name, state]);
  }

  /** Graceful power-off. */
  async stop(): Promise<void> {
    await this.#tools.run("instance", ["stop", this.name]);
  }

  /** Power cut. */
  async kill(): Promise<void> {
    await this.#tools.run("instance", ["kill", this.name]);
  }

  /** Removes it and its disk. */
  async remove(): Promise<void> {
    await this.#tools.run("instance", ["rm", this.name]);
  }
}
