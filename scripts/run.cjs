/**
 * `node scripts/run.cjs FILE [ARGUMENT …]`: runs a program of this repository, and says in one line
 * when the installation lacks what they need; without a file it only looks. Written for any Node.js,
 * as the one that is pinned may be what is missing.
 */
const { existsSync } = require("node:fs");
const nodeModule = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const root = join(__dirname, "..");

function missing() {
  if (!existsSync(join(root, "node_modules"))) return "Nothing is installed: run npm ci.";
  if (process.features.typescript) return undefined;
  const why = existsSync(join(root, "node_modules/node"))
    ? "npm ran without its install script: run npm rebuild node."
    : "npm left it out, as --omit=dev and NODE_ENV=production ask for: run npm ci --include=dev.";
  return `The project's own Node.js is missing, and ${process.version} reads no TypeScript. ${why}`;
}

function stop(reason) {
  console.error(reason);
  process.exit(1);
}

const problem = missing();
if (problem) stop(problem);

// What one process has compiled the next reads, and so do the processes that it starts.
process.env.NODE_COMPILE_CACHE ||= join(root, "node_modules/.cache/steadfast/compiled");
nodeModule.enableCompileCache();

const [name] = process.argv.splice(2, 1);
if (name) {
  const file = join(root, name);
  process.argv[1] = file;
  import(pathToFileURL(file).href).catch((error) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    const [, missing] = /package '([^']+)'/.exec(error.message) ?? [];
    if (!missing) throw error;
    stop(`The package ${missing} is missing: run npm ci --include=dev.`);
  });
} else if (!existsSync(join(root, "node_modules/vitest"))) {
  stop("The development packages are missing: run npm ci --include=dev.");
}
