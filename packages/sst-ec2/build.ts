/**
 * Makes the package that is published: `node packages/sst-ec2/build.ts [FOLDER]`, by default in
 * `dist/`, then `npm pack ./packages/sst-ec2/dist`.
 *
 * The workspace's own manifest leads to the sources, so that whoever works here sees each change at once.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { isolatedDeclaration } from "rolldown/experimental";
import { transform } from "rolldown/utils";

const PACKAGE = import.meta.dirname;
const ROOT = join(PACKAGE, "../..");
const SOURCE = join(PACKAGE, "src");
const OUT = resolve(process.argv[2] ?? join(PACKAGE, "dist"));

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
  for (const file of await readdir(SOURCE, { recursive: true })) {
    if (file.endsWith(".ts")) await compileFile(file);
    if (file.endsWith(".json")) await cp(join(SOURCE, file), join(OUT, file));
  }
}

async function compileFile(file: string) {
  const text = await readFile(join(SOURCE, file), "utf8");
  const result = await transform(file, text, {
    target: "es2022",
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: false, rewriteImportExtensions: "rewrite" },
  });
  const declared = await isolatedDeclaration(file, text, { sourcemap: true });
  const [error] = [...result.errors, ...declared.errors];
  if (error) {
    const where = "codeframe" in error ? `\n${error.codeframe}` : "";
    throw new Error(`src/${file}: ${error.message}${where}`);
  }
  if (!result.map || !declared.map) throw new Error(`src/${file} was compiled without a map`);
  const base = file.replace(/\.ts$/, "");
  // Declarations name the sources; in the package they lie beside what was made of them.
  const types = declared.code.replaceAll(/(["']\.{1,2}\/[^"']+)\.ts(?=["'])/g, "$1.js");
  await write(`${base}.js`, result.code, { ...result.map, sources: [file] });
  await write(`${base}.d.ts`, types, { ...declared.map, sources: [file] });
}

/** Writes a file with its map, which says where in `src` it comes from. */
async function write(file: string, code: string, map: { sources: string[] }) {
  const target = join(OUT, file);
  const sources = map.sources.map((each) => relative(dirname(target), join(OUT, "src", each)));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${basename(target)}.map\n`);
  await writeFile(`${target}.map`, JSON.stringify({ ...map, sources, sourcesContent: undefined }));
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
