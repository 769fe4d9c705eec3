/** The programs that the rehearsal boots, as archives. */
import { execFile } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import {
  type Archive,
  buildImage,
  buildPreload,
  buildRuntime,
  pack,
  type UserDataArgs,
} from "sst-ec2/archive";
import { preparePrograms } from "../../../packages/sst-ec2/test/programs/prepare.ts";
import { root } from "../../common/root.ts";
import { paths } from "../deploy/paths.ts";

const run = promisify(execFile);

export interface BuiltProgram {
  /** Of its service. */
  name: string;
  title: string;
  app: Archive;
  /** Its start command and kind. */
  run: Pick<UserDataArgs, "start" | "plain" | "processes">;
  /** Requests a second that it can serve here. @default 100 */
  rate?: number;
  /** Whether `/link` answers with what it is linked to. */
  showsLink?: boolean;
}

const PROGRAMS = join(root, "packages/sst-ec2/test/programs");
const FOLDER = join(paths.home, "programs");

const ARCH = process.arch === "arm64" ? "arm64" : "x64";

const PRELOADED = ["$RUNTIME/bin/node", "--import", "$APP/preload.mjs"];

type Build = (
  folder: string,
) => Promise<Pick<BuiltProgram, "run" | "title"> & Partial<BuiltProgram>>;

const BUILDS: Record<string, Build> = {
  express: (folder) => preloaded(folder, "Express", "express.cjs", "cjs"),
  fastify: (folder) => preloaded(folder, "Fastify", "fastify.mjs", "mjs"),
  async next(folder) {
    await cp(dirname(dirname(preparePrograms())), folder, { recursive: true, dereference: true });
    await writeFile(join(folder, "preload.mjs"), await buildPreload());
    // It renders its page for each request.
    return { title: "Next.js", run: { start: [...PRELOADED, "$APP/next/server.js"] }, rate: 20 };
  },
  async binary(folder) {
    await compileGo(folder);
    const run = { start: ["$APP/server"], plain: {}, processes: 1 };
    return { title: "a Go program that listens by itself", run, showsLink: true };
  },
  async socket(folder) {
    await compileGo(folder);
    const run = { start: ["$APP/server"], plain: { socket: true } };
    return { title: "a Go program that takes systemd's socket", run, showsLink: true };
  },
  image,
};

/** Builds those of these names, and the runtime that some need. */
export async function buildPrograms(names: readonly string[] = Object.keys(BUILDS)) {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(join(root, "dist"), { recursive: true });
  const runtime = await buildRuntime({ arch: ARCH, out: join(root, "dist") });
  const programs: BuiltProgram[] = [];
  for (const name of names) {
    const folder = join(FOLDER, name);
    await mkdir(folder, { recursive: true });
    const built = await BUILDS[name]?.(folder);
    if (!built) throw new Error(`there is no program "${name}"`);
    const app = built.app ?? (await pack({ name: `app-${name}`, folder, out: FOLDER }));
    programs.push({ name, ...built, app });
  }
  return { runtime, programs };
}

/** A program of Node.js, bundled as people bundle it, with the preload. */
async function preloaded(folder: string, title: string, file: string, extension: "cjs" | "mjs") {
  preparePrograms();
  const outfile = join(folder, `server.${extension}`);
  await build({
    entryPoints: [join(PROGRAMS, file)],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: extension === "cjs" ? "cjs" : "esm",
    ...(extension === "mjs" && {
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    }),
    logLevel: "silent",
  });
  await writeFile(join(folder, "preload.mjs"), await buildPreload());
  return { title, run: { start: [...PRELOADED, `$APP/server.${extension}`] } };
}

/** A Go program as one static file. */
async function compileGo(folder: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod -buildvcs=false" };
  const args = ["build", "-o", join(folder, "server"), "."];
  await run("go", args, { cwd: join(PROGRAMS, "go"), env }).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    throw new Error("there is no Go (on Debian the package golang-go)");
  });
}

const DOCKERFILE = `
FROM scratch
COPY root /
COPY server.mjs /app/
ENV GREETING="from the image" PORT=1
USER app
WORKDIR /app
STOPSIGNAL SIGTERM
CMD ["node", "server.mjs"]
`;

/** An image from scratch: Node.js, its libraries, and a program. */
async function image(folder: string) {
  const base = join(folder, "root");
  const { stdout } = await run("ldd", [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path as string);
  for (const path of libraries) await cp(path, join(base, path), { dereference: true });
  await mkdir(join(base, "usr/bin"), { recursive: true });
  await cp(process.execPath, join(base, "usr/bin/node"));
  await mkdir(join(base, "etc"), { recursive: true });
  await writeFile(join(base, "etc/passwd"), "app:x:4000:4001::/app:/bin/false\n");
  await cp(join(PROGRAMS, "node-http.mjs"), join(folder, "server.mjs"));
  await writeFile(join(folder, "Dockerfile"), DOCKERFILE);
  const source = { context: folder };
  const built = await buildImage({ service: "image", source, arch: ARCH, root, out: FOLDER });
  const { command, ...program } = built.program;
  const plain = { image: { ...program, hasAuthorities: built.hasAuthorities } };
  return {
    title: "a container image",
    app: built.app,
    run: { start: command, plain, processes: 1 },
    showsLink: true,
  };
}
