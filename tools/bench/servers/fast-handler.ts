/** (c2) With our own handler besides. */
import { Database } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

await serveSteadfast(new Database({ fast: "handler" }));
