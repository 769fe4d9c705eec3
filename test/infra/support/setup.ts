import { vi } from "vitest";

Object.assign(globalThis, { $config: (config: unknown) => config });

vi.mock("../../../infra/build-artifact.ts", () => import("../../../scripts/graph/no-artifact.ts"));
