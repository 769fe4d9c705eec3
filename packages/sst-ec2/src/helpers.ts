/** Works without SST's globals, and therefore outside `run()`: in `app()`, in scripts, in tests. */
export { MEMORY_DIMENSION, MEMORY_METRIC, TIMESTAMP_FORMAT } from "./boot/agent.ts";
export { renderUserData, USER_DATA_LIMIT } from "./boot/user-data.ts";
export { NODE_ENVIRONMENT, NODE_FLAGS } from "./instance/node.ts";
export { type Architecture, architectureOf, checkInstanceTypes } from "./service/instance-type.ts";
export { ArgumentError } from "./sst/argument-error.ts";
export { type Duration, toSeconds, toSecondsWithin } from "./sst/duration.ts";
export { NAME_LIMITS } from "./sst/name-limits.ts";
