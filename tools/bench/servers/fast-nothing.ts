/** (c1) This API with the SDK doing all that it can: what sharing calls saves. */
import { Database } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

await serveSteadfast(new Database({ fast: "nothing" }));
