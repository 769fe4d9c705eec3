/** Adds a service to an app's config. Pure: from text to text. */

/** The config with the service, and what its author does next. */
export interface Addition {
  text: string;
  next: string;
}

/**
 * Adds a service behind a balancer at the end of `run()`, before what it returns. A VPC that is there is
 * used.
 *
 * @param name Such as `api`; the component has a capital first letter.
 * @throws When the config is not as `sst init` writes it, or has the service already.
 */
export function addService(given: string, name: string, entry: string): Addition {
  // As `sst init` leaves it.
  const config = given.replace(/(\basync run\(\) \{)\s*\}/, "$1\n  }");
  if (!/^[a-z][A-Za-z0-9]{0,23}$/i.test(name))
    throw new Error(`"${name}" is no name; it must be a letter, then up to 23 letters and digits.`);
  const component = name.charAt(0).toUpperCase() + name.slice(1);
  const variable = name.charAt(0).toLowerCase() + name.slice(1);
  if (new RegExp(`new Service\\(\\s*["']${component}["']`).test(config))
    throw new Error(`sst.config.ts has a service "${component}" already.`);
  const at = placeIn(config);
  const has = (pattern: RegExp) => pattern.exec(config)?.[1];
  const vpc = has(/\b(\w+)\s*=\s*new sst\.aws\.Vpc\(/);
  const alb = has(/\b(\w+)\s*=\s*new Alb\(/);
  const imported = /await import\(["']sst-ec2["']\)/.test(config);
  const lines = [
    ...(imported ? [] : ['const { Alb, Service } = await import("sst-ec2");']),
    ...(vpc ? [] : ['const vpc = new sst.aws.Vpc("Vpc");']),
    ...(alb
      ? []
      : [`const alb = new Alb("Alb", { vpc${vpc && vpc !== "vpc" ? `: ${vpc}` : ""} });`]),
    `const ${variable} = new Service("${component}", {`,
    `  vpc${vpc && vpc !== "vpc" ? `: ${vpc}` : ""},`,
    `  entry: "${entry}",`,
    `  loadBalancer: { instance: ${alb ?? "alb"}, rules: [{${alb ? ` conditions: { path: "/${variable}/*" } ` : ""}}] },`,
    "  scaling: { min: 1, max: 2 },",
    `  dev: { command: "node --watch ${entry}", url: "http://localhost:3000" },`,
    "});",
  ];
  const added = `${lines.map((line) => `    ${line}\n`).join("")}`;
  return {
    text: `${config.slice(0, at)}${added}${config.slice(at)}`,
    next: `Next:
  1. ${entry} listens on process.env.PORT and answers 200 on "/".
  2. Put what it uses into "link".
  3. npx sst dev runs it here; npx sst deploy brings it to AWS. ${variable}.url is its address.`,
  };
}

/** Where the body of `run()` ends, or what it returns begins. @throws when there is none */
function placeIn(config: string): number {
  const head = /\basync run\(\)[^{]*\{[^\n]*\n/.exec(config);
  if (!head)
    throw new Error("sst.config.ts has no `async run() {`, after which the service belongs.");
  const begin = head.index + head[0].length;
  const end = /^ {2}\}/m.exec(config.slice(begin));
  if (!end)
    throw new Error(
      "the end of run() in sst.config.ts cannot be found; format it, or add it by hand.",
    );
  const body = config.slice(begin, begin + end.index);
  const returned = /^ {4}return\b/m.exec(body);
  return begin + (returned?.index ?? end.index);
}

/** What is new, as a diff shows it. */
export function describeChange(before: string, after: string): string {
  const old = new Set(before.split("\n"));
  let from = 0;
  while (before[from] === after[from] && from < before.length) from += 1;
  const start = after.lastIndexOf("\n", from) + 1;
  const added = after.slice(start, start + after.length - before.length);
  const context = after.slice(0, start).trimEnd().split("\n").slice(-2);
  return [
    "sst.config.ts",
    ...context.map((line) => `  ${line}`),
    ...added
      .trimEnd()
      .split("\n")
      .map((line) => (old.has(line) && !line.trim() ? `  ${line}` : `+ ${line}`)),
  ].join("\n");
}
