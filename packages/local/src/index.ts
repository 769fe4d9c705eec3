export { type Dynoxide, type DynoxideOptions, startDynoxide } from "./dynoxide.ts";
export { type LocalEnvironmentOptions, localEnvironment } from "./environment.ts";
export { type Stack, startStack } from "./stack.ts";
export { createTableRequest, createTables } from "./tables.ts";
