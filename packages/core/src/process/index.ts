export { OneOf } from "../text.ts";
export { LogLevel, readConfiguration } from "./configuration.ts";
export { makeFolder } from "./folders.ts";
export { type Address, explainFailedStart, listeningAddress } from "./listening.ts";
export { createLogger } from "./logger.ts";
