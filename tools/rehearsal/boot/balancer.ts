import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import getPort from "get-port";
import { present } from "../checks/expect.ts";
import type { Machine } from "./machine.ts";
import type { Tools } from "./tools.ts";

export interface Target {
  name: string;
  state: "UP" | "DOWN" | "DRAIN" | string;
  requests: number;
  open: number;
}

/** The load balancer, with the health check of the deployed target group. */
export class Balancer {
  readonly url: string;
  readonly #tools: Tools;
  /** Seconds until a target that is ready gets requests, with a margin. */
  readonly enterSeconds: number;
  /** Seconds until a target that stopped answering gets none, with a margin. */
  readonly leaveSeconds: number;

  private constructor(tools: Tools, port: number, group: TargetGroup) {
    this.#tools = tools;
    this.url = `http://127.0.0.1:${port}`;
    const { interval, healthy, unhealthy, timeout } = settings(group);
    this.enterSeconds = interval * (healthy + 1) + timeout + 10;
    this.leaveSeconds = interval * unhealthy + timeout + 10;
  }

  /** Starts it on a free port of 127.0.0.1 without targets. */
  static async start(tools: Tools, group: TargetGroup): Promise<Balancer> {
    const port = await getPort({ host: "127.0.0.1" });
    const { path, healthy, unhealthy } = settings(group);
    await tools.run("balancer", [
      "start",
      ...["--port", String(port), "--health", path, "--interval", String(pace(group))],
      ...["--healthy", String(healthy), "--unhealthy", String(unhealthy)],
    ]);
    return new Balancer(tools, port, group);
  }

  /** Registers a machine; it gets requests after enough successful checks. */
  async add(machine: Machine): Promise<void> {
    await this.#tools.run("balancer", ["add", machine.name, `${machine.ip}:${machine.port}`]);
  }

  /** @returns seconds until the state was reached */
  async wait({ name }: Machine, state: "UP" | "DOWN"): Promise<number> {
    const timeout = state === "UP" ? this.enterSeconds : this.leaveSeconds;
    const options = ["--state", state, "--timeout", String(timeout)];
    return (await this.#tools.json<{ seconds: number }>("balancer", "wait", name, ...options))
      .seconds;
  }

  /** Deregisters: no new requests, and waits for those in flight. */
  async drain({ name }: Machine, seconds: number): Promise<void> {
    await this.#tools.run("balancer", ["drain", name, "--timeout", String(seconds)]);
  }

  /** Removes a target. */
  async remove({ name }: Machine): Promise<void> {
    await this.#tools.run("balancer", ["remove", name]);
  }

  async target({ name }: Machine): Promise<Target> {
    const { targets } = await this.#tools.json<{ targets: Target[] }>("balancer", "status");
    return present(
      targets.find((each) => each.name === name),
      `target ${name}`,
    );
  }
}

/**
 * Seconds between the balancer's checks so that it gives up a dead target when the target group
 * would, on average.
 *
 * A target group starts a check every interval and fails it after a timeout. HAProxy allows one
 * interval for connecting and only then starts the next, so a check of a silent target takes two. On
 * average half an interval passes before the first.
 */
export function pace(group: TargetGroup): number {
  const { interval, timeout, unhealthy } = settings(group);
  return ((unhealthy - 0.5) * interval + timeout) / (2 * unhealthy - 0.5);
}

/** The health check of a target group. */
export function settings(group: TargetGroup) {
  return {
    path: present(group.HealthCheckPath, "health check's path"),
    interval: present(group.HealthCheckIntervalSeconds, "health check's interval"),
    timeout: present(group.HealthCheckTimeoutSeconds, "health check's timeout"),
    healthy: present(group.HealthyThresholdCount, "healthy threshold"),
    unhealthy: present(group.UnhealthyThresholdCount, "unhealthy threshold"),
  };
}
