import { basename, dirname } from "node:path";
import { Service, type ServiceArgs } from "sst-ec2";
import type { ResolvedStage } from "../stages.ts";
import { type Hosting, hostedArgs, hostedOptions } from "./hosting.ts";

interface AppServiceArgs extends Omit<ServiceArgs, "vpc" | "artifacts" | "entry"> {
  stage: ResolvedStage;
  /** Undefined in `sst dev`. */
  hosting: Hosting | undefined;
  /** The program. Each needs a folder of its own, by which `sst dev` finds its links. */
  entry: string;
}

/**
 * Another service of the app: one instance in the stage's network, or in `sst dev` a process on
 * this machine. Arguments are those of `Service`.
 *
 * ### Cost
 * One `t4g.micro` and its disk: $0.0084 × 730 + 8 × $0.08 or **$6.77 a month**; without NAT a
 * public address at $3.65.
 *
 * @example
 * ```ts
 * service("Worker", { stage, hosting, entry: "packages/worker/server.ts", link: [tables.Posts] });
 * ```
 */
export function service(name: string, { stage, hosting, entry, ...args }: AppServiceArgs): Service {
  const dev = {
    command: `npm exec -- node --watch ${basename(entry)}`,
    directory: dirname(entry),
  };
  if (!hosting) return new Service(name, { dev, ...args });
  const shared = hostedArgs(hosting, stage);
  const permissions = [...(args.permissions ?? []), ...shared.permissions];
  const instances = stage.instances;
  return new Service(
    name,
    { ...shared, entry, dev, instances, ...args, permissions },
    hostedOptions(hosting),
  );
}
