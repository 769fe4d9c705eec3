/** What a service's instances run, built and uploaded. */
import { type Artifacts, sharedArtifacts } from "../artifact/artifacts.ts";
import { bundleEntry, packFolder, packImage } from "../artifact/build-artifact.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import type { ArchiveInput, Artifact, ServiceArgs } from "./args.ts";
import { commandOf, isPlain, needsPreload } from "./command.ts";
import type { Settings } from "./settings.ts";

/**
 * Builds and uploads what `entry`, `bundle` or `image` names.
 *
 * @throws When none or several of them are given.
 */
export function createArtifact(
  name: string,
  args: ServiceArgs,
  { architecture }: Settings,
): Artifact {
  const ways = ([args.entry, args.bundle, args.image] as unknown[]).filter(
    (way) => way !== undefined,
  );
  if (ways.length !== 1)
    throw new ArgumentError(
      `"${name}" needs "entry", a program to build, "bundle", a folder that is built, or "image", a container image; one of them.`,
    );
  const artifacts = args.artifacts ?? sharedArtifacts();
  const made =
    args.image === undefined ? program(name, args, artifacts) : image(name, args, artifacts);
  return {
    ...{ bucket: artifacts.bucket, architecture },
    ...(!isPlain(args) && { runtime: artifacts.runtime(architecture) }),
    ...made,
  };

  function program(name: string, args: ServiceArgs, artifacts: Artifacts) {
    const { entry, bundle, nodejs, hook, socket = false } = args;
    const service = name.toLowerCase();
    const built =
      entry !== undefined
        ? bundleEntry({ name, entry, architecture, nodejs, hook }).then((folder) =>
            packFolder(service, folder),
          )
        : new Promise<string>((found) =>
            $util.output(bundle).apply((folder) => found(folder ?? "")),
          ).then((folder) => packFolder(service, folder, needsPreload(args)));
    return {
      app: artifacts.app(name, built),
      start: commandOf(args),
      ...(isPlain(args) && { plain: { socket } }),
    };
  }

  function image(
    name: string,
    { image: source, command, socket = false }: ServiceArgs,
    artifacts: Artifacts,
  ) {
    const built = packImage({
      service: name.toLowerCase(),
      source: source as NonNullable<ServiceArgs["image"]>,
      command,
      arch: architecture,
    });
    const described = $util.output(built);
    const app: ArchiveInput = artifacts.app(
      name,
      built.then((each) => each.app),
    );
    return {
      app,
      start: described.apply((each) => each.program.command),
      plain: described.apply(({ program: { command: _, ...program }, hasAuthorities }) => ({
        ...{ socket, image: { ...program, hasAuthorities } },
      })),
    };
  }
}
