/** (d) This API. `BENCH_DATABASE` changes options of the database for a study. */
import { Database } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

await serveSteadfast(new Database(JSON.parse(process.env.BENCH_DATABASE ?? "{}")));
