import { startDynoxide } from "@steadfast/local";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the test run's DynamoDB listens. */
    dynamodb: string;
  }
}

/** One DynamoDB engine for the whole test run, in memory, on a free port. */
export default async function setup(project: TestProject) {
  const dynamodb = await startDynoxide();
  project.provide("dynamodb", dynamodb.endpoint);
  return () => dynamodb.stop();
}
