import { findPostgresServer, startPostgresServer } from "@steadfast/local";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Port of the test run's Postgres server; 0 where none is installed. */
    postgres: number;
  }
}

/** One Postgres server for the whole test run, on a free port, where one is installed. */
export default async function setup(project: TestProject) {
  const server = findPostgresServer() ? await startPostgresServer() : undefined;
  project.provide("postgres", server?.port ?? 0);
  return () => server?.stop();
}
