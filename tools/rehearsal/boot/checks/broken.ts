import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../../../build/artifact.ts";
import { plainName } from "../../checks/boot-plan.ts";
import { present, same } from "../../checks/expect.ts";
import { inWords, summarise } from "../load/statistics.ts";
import { healthInGroup } from "../membership.ts";
import { type DeployedStage, withArchive, withSettings } from "../stage.ts";
import { pause, underLoad, type World } from "../world.ts";
import { send } from "./probe.ts";

/** A version that must never serve, and the reason that its console must show. */
interface Broken {
  name: string;
  userData: string;
  console: RegExp;
}

/** Machines at once; they share the processors with those that serve. */
const AT_ONCE = 3;

/**
 * Versions that are broken in different ways: none gets a request, each says why, and the others keep
 * serving.
 */
export async function checkBrokenVersions(world: World): Promise<string[]> {
  const versions = await breakVersions(world.stage);
  const reasons: string[] = [];
  const { load } = await underLoad(world, { rate: 50 }, async () => {
    const waiting = versions.entries();
    const worker = async () => {
      for (const [index, version] of waiting) reasons[index] = await checkBroken(world, version);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await pause(world, 1);
  });
  world.steps.note(`those that serve: ${inWords(summarise(load.samples))}`);
  same(summarise(load.samples).failures, {}, "failed requests of those that serve");
  same(load.mistakes, [], "differences between what was acknowledged and the tables");
  return reasons;
}

/** @returns the line on its console */
async function checkBroken(world: World, { name, userData, console }: Broken): Promise<string> {
  const machine = await world.launch(name, userData, "us-east-1a");
  await world.balancer.add(machine);
  await assert.rejects(machine.ready(), /./, `${name} got ready`);
  const lines = (await machine.console())
    .split("\n")
    .filter((line) => line.includes("boot failed"));
  same(lines.length, 1, `lines on the console of ${name} that say why`);
  const line = `${lines[0]}`.trim();
  assert.match(line, console, `the console of ${name}`);
  const port = await send(`${machine.url}/`).then(
    ({ statusCode }) => `${statusCode}`,
    (error: NodeJS.ErrnoException) => `${error.code}`,
  );
  same(port, "ECONNREFUSED", `the port of ${name}`);
  const { state, requests } = await world.balancer.target(machine);
  same({ state, requests }, { state: "DOWN", requests: 0 }, `${name} at the balancer`);
  same(await healthInGroup(world.stage, machine), "UNHEALTHY", `${name} in its group`);
  await world.balancer.remove(machine);
  await machine.remove();
  return line;
}

async function breakVersions(stage: DeployedStage): Promise<Broken[]> {
  const { userData } = stage.after;
  const neverReady = withSettings(await bundled(stage, "never-ready"), { READY_SECONDS: "20" });
  return [
    // The one that takes longest goes first.
    {
      name: "never-ready",
      userData: neverReady,
      console:
        /not ready after 2\d s and 0 restarts; it said: the rehearsal's version that is never/,
    },
    {
      name: "wrong-checksum",
      userData: withSettings(userData, { APP_SHA256: "0".repeat(64) }),
      console: /the download: SHA-256 of the tar in s3:\/\/\S+ is [0-9a-f]{64}, expected 0{64}$/,
    },
    {
      name: "missing-artifact",
      userData: withSettings(userData, { APP_KEY: "app/api/none.tar.gz" }),
      // AWS tells only who may list the bucket that there is none.
      console: /the download: .*AccessDenied/,
    },
    {
      name: "crashes",
      userData: await bundled(stage, "crashes"),
      console: /restarts; it said: cannot start the service: the rehearsal's crash$/,
    },
    {
      name: "undecryptable-links",
      userData: await withUndecryptableLinks(stage),
      console: /it said: cannot read the links: \S+: AccessDeniedException: The ciphertext refers/,
    },
  ];
}

/** User data with another application, from `tools/rehearsal/boot/broken`. */
export async function bundled(stage: DeployedStage, name: string): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "broken-"));
  try {
    const entry = `tools/rehearsal/boot/broken/${name}.ts`;
    const { path } = await buildApp({ service: "api", entry, out });
    return await withArchive(stage, `app/api/${name}.tar.gz`, path);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** User data with a version of the links whose encryption key is gone. */
async function withUndecryptableLinks({ cloud, after }: DeployedStage): Promise<string> {
  const Name = plainName(present(after.plan.parameters[0], "the links' parameter"));
  const KeyId = "00000000-0000-4000-8000-000000000000";
  const { Version } = await cloud.ssm.putParameter({
    Name,
    KeyId,
    Type: "SecureString",
    Value: "{}",
    Overwrite: true,
  });
  return after.userData.replace(/(LINKS_PARAMETERS=)[^"\n]+/, `$1${Name}:${Version}`);
}
