/** (e) This API with metrics of every request, and traces of as many as by default. */
import { Database } from "@steadfast/core";
import { serveSteadfast } from "./compose.ts";

process.env.OTEL_EXPORTER_OTLP_ENDPOINT = process.env.BENCH_COLLECTOR;
await serveSteadfast(new Database());
