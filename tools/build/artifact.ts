/** The application's archive, as a deploy packs it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Archive, pack } from "sst-ec2/archive";
import { bundle } from "./bundle.ts";

/** Bundles a service and packs it into `out`. */
export async function buildApp(args: {
  service: string;
  entry: string;
  out: string;
}): Promise<Archive> {
  const folder = await mkdtemp(join(tmpdir(), `${args.service}-bundle-`));
  try {
    await bundle({ entry: args.entry, folder });
    return await pack({ name: `app-${args.service}`, folder, out: args.out });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
