/** A service's place behind its balancer: an `Alb`, or SST's. */
import type { Alb } from "../alb/alb.ts";
import type { AlbTarget } from "../alb/args.ts";
import { Priorities } from "../alb/rules.ts";
import { createTarget } from "../alb/target.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import type { ServiceArgs } from "./args.ts";
import type { Settings } from "./settings.ts";

/** @throws When an argument is wrong; the message says which and what is allowed. */
export function createPlace(
  name: string,
  args: ServiceArgs,
  { port, drain }: Settings,
  parent: $util.Resource,
): AlbTarget {
  const { instance, rules, algorithm, slowStart } = args.loadBalancer as NonNullable<
    ServiceArgs["loadBalancer"]
  >;
  if (typeof instance !== "object" || instance === null)
    throw new ArgumentError(
      `"loadBalancer.instance" of "${name}" is ${instance}; it must be an Alb, or an sst.aws.Alb.`,
    );
  const { startPeriod: _, protocol: __, ...health } = args.health ?? {};
  const { targetGroup, rule } = args.transform ?? {};
  const place = {
    ...{ port, rules, health },
    ...(algorithm && { algorithm }),
    ...(slowStart && { slowStart }),
    deregistrationDelay: `${drain} seconds` as const,
    transform: { ...(targetGroup && { targetGroup }), ...(rule && { rule }) },
  };
  if ("target" in instance) return (instance as Alb).target(name, place);
  const { loadBalancer, securityGroup } = instance.nodes;
  return createTarget(name, place, {
    ...{ name, loadBalancer, parent },
    vpcId: loadBalancer.vpcId,
    securityGroup: securityGroup.id,
    internal: false,
    // SST's groups are, and a rule beside those that stand in a group would be removed each time.
    isOpen: true,
    placeOf: ({ listen = "80/http" }) => {
      const [port = "", protocol = ""] = listen.split("/");
      return { listen, listener: instance.getListener(protocol, Number(port)) };
    },
    priorities: prioritiesOf(instance),
  });
}

const priorities = new WeakMap<object, Priorities>();

/** Those of an `sst.aws.Alb`, which may be another app's. */
function prioritiesOf(instance: object): Priorities {
  const known = priorities.get(instance) ?? new Priorities(`${$app.name}-${$app.stage}-`);
  priorities.set(instance, known);
  return known;
}
