/** The rules of a balancer's listeners: what they match, in which order, and what is refused. */
import { createHash } from "node:crypto";
import { ArgumentError, checkWhole } from "../sst/argument-error.ts";
import type { AlbRule } from "./args.ts";

/** The last priority of a listener's rule. */
export const LAST_PRIORITY = 50_000;

/** Most values of a rule, and most of `*` and `?` in them. */
const MOST_VALUES = 5;
const MOST_WILDCARDS = 6;

/** Priorities for rules that are equally specific. */
const BLOCK = 100;

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  typeof value === "string" ? [value] : (value ?? []);

/**
 * Checks the rules of one service.
 *
 * @throws When one is wrong or no request would come; the message says which and what is allowed.
 */
export function checkRules(rules: readonly AlbRule[]): void {
  rules.forEach(checkRule);
  if (rules.some(({ redirect }) => redirect === undefined)) return;
  throw new ArgumentError(
    '"loadBalancer.rules" send the service no request; one of them must be without "redirect".',
  );
}

function checkRule(rule: AlbRule, index: number): void {
  const argument = `loadBalancer.rules[${index}]`;
  const { priority, listen, forward, redirect } = rule;
  if (priority !== undefined) checkWhole(`${argument}.priority`, priority, [1, LAST_PRIORITY]);
  checkPlace(`${argument}.listen`, listen, "443/https");
  checkPlace(`${argument}.redirect`, redirect, "443/https");
  if (forward !== undefined && !/^\d+\/http$/.test(forward))
    throw new ArgumentError(`"${argument}.forward" is "${forward}"; it must be like "3000/http".`);
  if (redirect !== undefined && forward !== undefined)
    throw new ArgumentError(`"${argument}" has "redirect" and "forward"; it can do one of them.`);
  if (redirect !== undefined && redirect === listen)
    throw new ArgumentError(
      `"${argument}.redirect" is "${redirect}", where the request came from; it would never end.`,
    );
  checkConditions(argument, rule.conditions);
}

/** A port and a protocol. */
function checkPlace(argument: string, place: string | undefined, example: string): void {
  if (place === undefined) return;
  const [, port] = /^(\d+)\/https?$/.exec(place) ?? [];
  if (port && Number(port) >= 1 && Number(port) <= 65_535) return;
  throw new ArgumentError(`"${argument}" is "${place}"; it must be like "${example}".`);
}

function checkConditions(argument: string, conditions: AlbRule["conditions"] = {}): void {
  const { path, host, header, query } = conditions;
  const named = { path, host, header: header?.values, query };
  for (const [name, values] of Object.entries(named))
    if (values !== undefined && values.length === 0)
      throw new ArgumentError(
        `"${argument}.conditions.${name}" is empty; without it the rule takes all.`,
      );
  const wrong = list(path).find((each) => !/^[/*][\w\-.$/~"'@:+&*?]*$/.test(each));
  if (wrong !== undefined)
    throw new ArgumentError(
      `"${argument}.conditions.path" has "${wrong}"; it must be a path such as "/reports/*".`,
    );
  const texts = [
    ...[...list(path), ...list(host), ...(header?.values ?? [])],
    ...(query ?? []).map(({ value }) => value),
  ];
  if (texts.length > MOST_VALUES)
    throw new ArgumentError(
      `"${argument}.conditions" have ${texts.length} values; a rule takes ${MOST_VALUES}. Make a second rule.`,
    );
  const wildcards = texts.join("").replaceAll(/[^*?]/g, "").length;
  if (wildcards > MOST_WILDCARDS)
    throw new ArgumentError(
      `"${argument}.conditions" have ${wildcards} times "*" or "?"; a rule takes ${MOST_WILDCARDS}. Make a second rule.`,
    );
  const stranger = list(host).find((each) => !/^[a-zA-Z0-9.*?-]{1,128}$/.test(each));
  if (stranger !== undefined)
    throw new ArgumentError(
      `"${argument}.conditions.host" has "${stranger}"; it must be a host's name such as "api.example.com", without protocol and port.`,
    );
  if (header && !/^[\w!#$%&'*+.^`|~-]{1,40}$/.test(header.name))
    throw new ArgumentError(
      `"${argument}.conditions.header.name" is "${header.name}"; it must be a header's name of up to 40 characters.`,
    );
  const long = texts.find((each) => each.length < 1 || each.length > 128);
  if (long !== undefined)
    throw new ArgumentError(
      `"${argument}.conditions" have "${long}"; a value has 1 to 128 characters.`,
    );
}

/** A rule's conditions as AWS takes them. */
export function conditionsOf({
  conditions = {},
}: AlbRule): aws.types.input.lb.ListenerRuleCondition[] {
  const { path, host, header, query } = conditions;
  const found = [
    ...(path ? [{ pathPattern: { values: [...list(path)] } }] : []),
    ...(host ? [{ hostHeader: { values: [...list(host)] } }] : []),
    ...(header
      ? [{ httpHeader: { httpHeaderName: header.name, values: [...header.values] } }]
      : []),
    ...(query ? [{ queryStrings: query.map((each) => ({ ...each })) }] : []),
  ];
  return found.length > 0 ? found : [{ pathPattern: { values: ["/*"] } }];
}

/** Whether a rule takes every request: no conditions, or a path such as "/*". */
export const takesAll = (rule: AlbRule): boolean => priorityOf("", rule) === LAST_PRIORITY;

/** The priorities of one balancer's rules. */
export class Priorities {
  /** Names of the services, by listener and priority. */
  readonly #taken = new Map<string, string>();
  /** Names of the services, by listener and conditions. */
  readonly #matched = new Map<string, string>();
  readonly #prefix: string;

  /** @param prefix Tells this app's rules from those of others on the same balancer. */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  /**
   * A rule's place among those of its listener: its own one, or one that depends on no other rule
   * except where two would have the same.
   *
   * @param name The service's.
   * @param index The rule's, for messages.
   * @param listen Port and protocol of the listener.
   * @throws When another rule has the place, or matches the same.
   */
  take(name: string, rule: AlbRule, index: number, listen: string): number {
    const { priority } = rule;
    const matches = `${listen} ${matchOf(rule)}`;
    const same = this.#matched.get(matches);
    if (same)
      throw new ArgumentError(
        `"loadBalancer.rules[${index}]" of "${name}" wants the same requests as a rule of "${same}"; give it "conditions" of its own.`,
      );
    const place = priority ?? this.#free(listen, this.#wanted(name, rule));
    const other = this.#taken.get(`${listen} ${place}`);
    if (other)
      throw new ArgumentError(
        `"priority" of a rule of "${name}" is ${place}, as that of "${other}"; each rule of a balancer needs one of its own. Say "priority" in either.`,
      );
    this.#matched.set(matches, name);
    this.#taken.set(`${listen} ${place}`, name);
    return place;
  }

  #wanted(name: string, rule: AlbRule): number {
    return priorityOf(this.#prefix + name, rule);
  }

  /** The next free one of those that are equally specific. */
  #free(listen: string, wanted: number): number {
    if (wanted === LAST_PRIORITY) return wanted;
    const first = wanted - ((wanted - 1) % BLOCK);
    for (let tried = 0; tried < BLOCK; tried += 1) {
      const place = first + ((wanted - first + tried) % BLOCK);
      if (!this.#taken.has(`${listen} ${place}`)) return place;
    }
    return wanted;
  }
}

/** What a rule matches, in whatever order it is written. */
function matchOf(rule: AlbRule): string {
  const { path, host, header, query } = rule.conditions ?? {};
  if (takesAll(rule)) return "everything";
  return JSON.stringify([
    path && [...list(path)].sort(),
    host &&
      list(host)
        .map((each) => each.toLowerCase())
        .sort(),
    header && [header.name.toLowerCase(), [...header.values].sort()],
    query?.map(({ key = "", value }) => `${key}=${value}`).sort(),
  ]);
}

/**
 * A priority that is independent of the app's other rules, so that adding a rule moves none: the
 * more specific a rule, the earlier it is evaluated. A hash orders equally specific rules. Pure.
 */
export function priorityOf(name: string, { conditions = {} }: AlbRule): number {
  const { path, host, header, query } = conditions;
  const length = Math.min(
    Math.max(0, ...list(path).map((each) => each.replace(/\*$/, "").length)),
    99,
  );
  if (!host && !header && !query && length <= 1) return LAST_PRIORITY;
  const band = (host ? 0 : 20_000) + (header || query ? 0 : 10_000) + (99 - length) * BLOCK;
  const hash = createHash("sha256")
    .update(JSON.stringify([name, conditions]))
    .digest();
  return band + 1 + (hash.readUInt16BE() % BLOCK);
}
