import { vi } from "vitest";

Object.assign(globalThis, { $config: (config: unknown) => config });

// Building takes seconds and, the first time, the network; the archives do not matter here.
vi.mock("../../../infra/build-artifact.ts", () => ({
  buildArtifact: async () => ({
    runtime: {
      path: import.meta.filename,
      key: "runtime-0.tar.gz",
      sha256: "0".repeat(64),
      size: 1,
    },
    app: { path: import.meta.filename, key: "app-1.tar.gz", sha256: "1".repeat(64), size: 1 },
  }),
}));
