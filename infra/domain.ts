/// <reference path="../.sst/platform/config.d.ts" />
import type { AlbDomain } from "./components/alb-args.ts";
import { hostedZone } from "./components/hosted-zone.ts";
import type { Stage } from "./stages.ts";

/**
 * The stage's domain and its zone, looked up before anything is created: a domain that cannot be used
 * stops the deploy at once.
 *
 * @throws When this account has no zone for the domain.
 */
export async function domainOf(stage: Stage): Promise<AlbDomain | undefined> {
  if (!stage.domain || $dev) return undefined;
  return { name: stage.domain, zone: await hostedZone(stage.domain) };
}
