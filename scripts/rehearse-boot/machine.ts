import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tools } from "./tools.ts";

export interface LaunchOptions {
  /** Name of the machine, unique in a rehearsal. */
  name: string;
  /** What it runs at first boot. */
  userData: string;
  /** Zone, e.g. `us-east-1a`. */
  zone: string;
  /** The Auto Scaling group. */
  group: string;
  /** The service's port. */
  port: number;
  /** Where the emulator listens. */
  endpoint: string;
  /** Ports of the machine's gateway, each with the port of this host behind it. */
  forwards: Record<number, number>;
  /** Variables for everything on the machine, by the address of its gateway. */
  environment(gateway: string): Record<string, string>;
  /** Folder for the user data's file. */
  folder: string;
}

/** What the metadata service gives to the instances' role; the access key is the group's name, which tells the calls. */
export const ROLE_SECRET = "rehearsal";

interface Summary {
  name: string;
  id: string;
  ip: string;
  port: number;
}

/** A machine that was booted as EC2 boots one. */
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

  /** Powers a new machine on and returns when systemd is up; user data runs right after. */
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

  /** Its own address, past the balancer. */
  get url(): string {
    return `http://${this.ip}:${this.port}`;
  }

  /**
   * Waits for the first 200.
   *
   * @param path what is asked for
   * @returns seconds since power-on
   * @throws at once when user data failed
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

  /** Runs a bash script inside as root and returns its output. @throws ToolFailed */
  run(script: string, ...args: string[]): Promise<string> {
    // The script comes by standard input: nothing of it shows in a process list.
    return this.#tools.run("instance", ["exec", this.name, "--", "bash", "-s", ...args], script);
  }

  /** What stands on the console, the place where an operator looks first. */
  console(): Promise<string> {
    // The file is not there before somebody writes to it.
    return this.run("cat /dev/console 2>/dev/null || :");
  }

  /** A property of a unit, e.g. `NRestarts`. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.run(`systemctl show --property ${name} --value ${unit}`)).trim();
  }

  /** Sets what the metadata service says the group wants of it. */
  async lifecycle(state: "InService" | "Terminated"): Promise<void> {
    await this.#tools.run("instance", ["lifecycle", this.name, state]);
  }

  /** Orderly power off. */
  async stop(): Promise<void> {
    await this.#tools.run("instance", ["stop", this.name]);
  }

  /** Power cut. */
  async kill(): Promise<void> {
    await this.#tools.run("instance", ["kill", this.name]);
  }

  /** Takes it away with its disk. */
  async remove(): Promise<void> {
    await this.#tools.run("instance", ["rm", this.name]);
  }
}
