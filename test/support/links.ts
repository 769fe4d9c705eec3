import { randomUUID } from "node:crypto";
import { createTables, forgetAccount, localEnvironment } from "@steadfast/local";
import { inject } from "vitest";

// Each test file has its own tables, so that files can run in parallel. The links are set before the
// file imports core, as on a real machine.
const prefix = `test-${randomUUID()}-`;
const tokenSecret = "a secret of the tests, long enough for anybody";
const endpoint = inject("dynamodb");
forgetAccount(process.env);
Object.assign(process.env, localEnvironment({ endpoint, prefix, tokenSecret }));
await createTables(prefix);
