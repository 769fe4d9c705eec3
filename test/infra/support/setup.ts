import { vi } from "vitest";

Object.assign(globalThis, { $config: (config: unknown) => config });

vi.mock(
  "../../../packages/sst-ec2/src/artifact/build-artifact.ts",
  () => import("../../../tools/stage/graph/no-artifact.ts"),
);
vi.mock(
  "../../../infra/hosting/build-artifact.ts",
  () => import("../../../tools/stage/graph/no-artifact.ts"),
);
