/**
 * The application of an instance: a bundled service, its starter, its static files and its
 * licences.
 */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { root } from "../common/root.ts";
import { licences, packagesOf } from "./licences.ts";

const STARTER = fileURLToPath(import.meta.resolve("sst-ec2/start"));

/**
 * Packages that read files beside their code, and the folders they read. They are copied to
 * `assets/<package>`.
 */
const ASSETS: Record<string, string[]> = { "@fastify/swagger-ui": ["static"] };

/**
 * Never wanted on an instance: `sst` drags in the whole of aws-sdk 2, of which `Resource` needs
 * nothing.
 */
const FORBIDDEN = ["aws-sdk", "opencontrol", "openid-client"];

/** CommonJS packages expect these names, which an ES module does not have. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
  "const __bundle = import.meta.dirname;",
].join("\n");

/**
 * Bundles a service into `folder`: `start.mjs` (what systemd runs), `server.mjs` (the service's
 * entry), shared chunks, a source map each, `assets/`, and `LICENSES.txt`.
 *
 * Names stay and sources are left out of the maps: stack traces are readable, and the code stands
 * in the repository.
 *
 * @throws if the code cannot be bundled, or reaches a package that must not be on an instance.
 */
export async function bundle(args: { entry: string; folder: string }): Promise<void> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { start: STARTER, server: resolve(root, args.entry) },
    // Named for the source maps, whose paths would else tell where the checkout is, and so change the
    // names and bytes of all that is made. The files are written below.
    outdir: "bundle",
    write: false,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // Without spaces and comments it is read sooner and takes some MB less, most of it because one
    // character beyond Latin-1, such as a dash in a comment, doubles a file in memory. When a process
    // dies, Node prints the line that threw: so lines have an end, and names stay as they are. (A
    // minifier's would need `keepNames`, at a quarter of the CPU time of a request, as it names each
    // closure when it is made.)
    minifyWhitespace: true,
    lineLimit: 160,
    legalComments: "none", // they are collected in LICENSES.txt
    sourcemap: true,
    sourcesContent: false,
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent", // errors are thrown with their text
    plugins: [assets(args.folder)],
  });
  refuseForbidden(metafile);
  await mkdir(args.folder, { recursive: true });
  for (const { path, contents } of outputFiles)
    await writeFile(join(args.folder, relative(join(root, "bundle"), path)), contents);
  await writeFile(join(args.folder, "LICENSES.txt"), await licences(metafile, root));
}

function refuseForbidden(metafile: Metafile) {
  const names = packagesOf(metafile).map((path) =>
    path.slice(path.lastIndexOf("node_modules/") + 13),
  );
  const found = FORBIDDEN.filter((name) => names.includes(name));
  if (found.length > 0)
    throw new Error(`the bundle contains ${found.join(", ")}: import less of what needs it`);
}

/** Copies static files of packages, and points `__dirname` of their code to the copies. */
function assets(folder: string): Plugin {
  return {
    name: "assets",
    setup({ onLoad, onEnd }) {
      const used = new Set<string>();
      onLoad({ filter: /node_modules\/.*\.c?js$/ }, async ({ path }) => {
        const name = Object.keys(ASSETS).find((candidate) =>
          path.includes(`/node_modules/${candidate}/`),
        );
        if (!name) return undefined;
        const root = path.slice(
          0,
          path.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}`.length,
        );
        used.add(root);
        const place = join("assets", name, relative(root, dirname(path)));
        // On the first line, so that line numbers stay true.
        const contents = `const __dirname = __bundle + ${JSON.stringify(`/${place}`)}; ${await readFile(path, "utf8")}`;
        return { contents, loader: "js" };
      });
      onEnd(async ({ errors }) => {
        if (errors.length > 0) return;
        for (const root of used) await copyAssets(root, folder);
      });
    },
  };
}

async function copyAssets(root: string, folder: string) {
  const name = root.slice(root.lastIndexOf("node_modules/") + 13);
  for (const part of ASSETS[name] ?? []) {
    const target = join(folder, "assets", name, part);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(root, part), target, { recursive: true });
  }
}
