import { ArgumentError } from "../sst/argument-error.ts";

/**
 * ID of the Route 53 zone that a domain belongs to: the one with the longest name that the domain
 * ends with.
 *
 * @param domain Such as `api.example.com`.
 * @throws When this account has no such zone, or the credentials may not look for it.
 *
 * @example
 * ```ts
 * const zone = await hostedZone("api.example.com"); // of example.com
 * ```
 */
export async function hostedZone(domain: string): Promise<string> {
  const labels = domain.split(".");
  const names = labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
  const problems: string[] = [];
  for (const name of names) {
    try {
      return (await aws.route53.getZone({ name, privateZone: false })).zoneId;
    } catch (error) {
      problems.push(reasonOf(error as Error));
    }
  }
  throw new ArgumentError(
    `"domain" is "${domain}", but no public Route 53 zone for ${names.join(" or ")} can be used: ${problems.at(-1)}. Create the zone, allow route53:ListHostedZones, or deploy without "domain".`,
  );
}

/** AWS's message in one line, without its path through the engine. */
function reasonOf({ message }: Error): string {
  const [first = ""] = message.split("getZone:").at(-1)?.trim().split("\n") ?? [];
  return first.replace(/\.$/, "");
}
