/**
 * Makes the package that is published, in `dist/`: `node packages/sst-ec2/build.ts`, then
 * `npm pack ./packages/sst-ec2/dist`.
 *
 * The workspace's own manifest leads to the sources, so that whoever works here sees each change at once.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

const PACKAGE = import.meta.dirname;
const ROOT = join(PACKAGE, "../..");
const SOURCE = join(PACKAGE, "src");
const OUT = join(PACKAGE, "dist");
const EMITTED = join(ROOT, "node_modules/.cache/sst-ec2/emitted");

/**
 * What runs outside of SST's program, each in one file with all that it needs. Pulumi's engine and Node
 * look for a module's packages where they are themselves, and may find none of ours.
 */
const PROGRAMS: Record<string, string> = {
  "rollout/index": ".js",
  "artifact/cli": ".js",
  "artifact/index": ".js",
  "cli/cli": ".js",
  "instance/preload": ".mjs",
  "instance/start": ".mjs",
};

/** CommonJS packages expect these names, which an ES module does not have. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
].join("\n");

await rm(OUT, { recursive: true, force: true });
await compile();
await bundlePrograms();
await cp(SOURCE, join(OUT, "src"), { recursive: true });
for (const file of ["README.md", "CHANGELOG.md"]) await cp(join(PACKAGE, file), join(OUT, file));
await cp(join(ROOT, "LICENSE"), join(OUT, "LICENSE"));
await writeFile(join(OUT, "package.json"), `${JSON.stringify(await manifest(), null, 2)}\n`);

/** File by file, so that SST's bundler takes what it needs and go-to-definition finds the sources. */
async function compile() {
  await rm(EMITTED, { recursive: true, force: true });
  const tsc = spawnSync("npx", ["tsc", "--project", PACKAGE, "--pretty", "false"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  // The platform's types are its sources, which were written for other flags.
  const remarks = tsc.stdout.split(/\n(?=\S)/).filter((line) => /^packages\//.test(line));
  if (remarks.length > 0) throw new Error(remarks.join("\n"));
  const compiled = join(EMITTED, "packages/sst-ec2/src");
  for (const file of await readdir(compiled, { recursive: true })) {
    if (!/\.(js|d\.ts)(\.map)?$/.test(file)) continue;
    const target = join(OUT, file);
    await mkdir(dirname(target), { recursive: true });
    const text = await readFile(join(compiled, file), "utf8");
    await writeFile(target, file.endsWith(".map") ? mapped(text, file) : specified(text));
  }
}

/** Declarations name the sources; in the package they lie beside what was made of them. */
function specified(text: string): string {
  return text.replaceAll(/((?:from|import)\s*\(?\s*"\.{1,2}\/[^"]+)\.ts"/g, '$1.js"');
}

function mapped(text: string, file: string) {
  const map = JSON.parse(text);
  const source = join(OUT, "src", file.replace(/(\.d\.ts|\.js)\.map$/, ".ts"));
  return JSON.stringify({
    ...map,
    sourceRoot: "",
    sources: [relative(dirname(join(OUT, file)), source)],
  });
}

async function bundlePrograms() {
  for (const [name, extension] of Object.entries(PROGRAMS)) {
    await build({
      entryPoints: [join(SOURCE, `${name}.ts`)],
      outfile: join(OUT, name + extension),
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      // Its program is beside it, and another one on each machine.
      external: ["esbuild"],
      banner: { js: name === "cli/cli" ? `#!/usr/bin/env node\n${BANNER}` : BANNER },
      minifyWhitespace: true,
      lineLimit: 160,
      legalComments: "linked",
      logLevel: "warning",
    });
  }
}

async function manifest() {
  const {
    exports,
    dependencies,
    private: _,
    devDependencies: __,
    ...rest
  } = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  const built = Object.entries(exports as Record<string, string>).map(([name, file]) => {
    const path = file.replace("./src/", "./").replace(/\.ts$/, "");
    if (path === file) return [name, file];
    const extension = PROGRAMS[path.slice(2)] ?? ".js";
    const types = extension === ".js" ? { types: `${path}.d.ts` } : {};
    return [name, { ...types, default: path + extension }];
  });
  return {
    ...rest,
    bin: { "sst-ec2": "cli/cli.js" },
    main: "./index.js",
    types: "./index.d.ts",
    exports: Object.fromEntries(built),
    // All else is in the programs.
    dependencies: { esbuild: dependencies.esbuild },
  };
}
