import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Histogram, Meter, Tracer } from "@opentelemetry/api";
import { setGlobalErrorHandler } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { findLink } from "@steadfast/core";
import { VERSION } from "../version.ts";

const SCOPE = "steadfast";

/** A process that ends must not wait for long for a collector that is away. */
const EXPORT_TIMEOUT = 3000;

/** The semantic conventions' own, in seconds, without the longest: a request takes no ten seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];

export interface SdkOptions {
  /** Base URL of an OTLP collector (HTTP, JSON). */
  endpoint: string;
  /** Told of each export that failed. */
  onError: (message: string) => void;
}

/** What requests are measured with. */
export interface Sdk {
  tracer: Tracer;
  /** Duration of requests in seconds. */
  duration: Histogram;
  /** Sends what is left, and ends. Never fails. */
  shutdown(): Promise<void>;
}

/**
 * OpenTelemetry's SDK, sending metrics once a minute and spans every five seconds. It has no
 * instrumentation of its own: what is measured is in `plugins/telemetry.ts`.
 */
export function startSdk({ endpoint, onError }: SdkOptions): Sdk {
  setGlobalErrorHandler((error) =>
    onError(typeof error === "string" ? error : (error.message ?? "no reason")),
  );
  const resource = resourceFromAttributes({
    "service.name": "steadfast-api",
    "service.version": VERSION,
    "service.instance.id": randomUUID(),
    "deployment.environment.name": findLink("App", "stage"),
  });
  const url = (signal: string) => `${endpoint.replace(/\/$/, "")}/v1/${signal}`;
  const traces = new TracerProvider({
    resource,
    // Which requests are traced is decided before a span is made.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: url("traces"), timeoutMillis: EXPORT_TIMEOUT }),
      }),
    ],
  });
  const metrics = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({
          url: url("metrics"),
          timeoutMillis: EXPORT_TIMEOUT,
          // Differences add up, whichever of an instance's processes they come from.
          temporalityPreference: AggregationTemporality.DELTA,
        }),
        exportTimeoutMillis: EXPORT_TIMEOUT,
      }),
    ],
  });
  const meter = metrics.getMeter(SCOPE, VERSION);
  observeProcess(meter);
  return {
    tracer: traces.getTracer(SCOPE, VERSION),
    duration: meter.createHistogram("http.server.request.duration", {
      description: "Duration of requests",
      unit: "s",
      advice: { explicitBucketBoundaries: BUCKETS },
    }),
    async shutdown() {
      const ended = await Promise.allSettled([traces.shutdown(), metrics.shutdown()]);
      for (const each of ended) if (each.status === "rejected") onError(String(each.reason));
    },
  };
}

/** How busy the process is, and how large. */
function observeProcess(meter: Meter): void {
  let before = performance.eventLoopUtilization();
  meter
    .createObservableGauge("nodejs.eventloop.utilization", {
      description: "Share of the time in which the event loop was busy",
      unit: "1",
    })
    .addCallback((result) => {
      const now = performance.eventLoopUtilization();
      result.observe(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    });
  meter
    .createObservableGauge("process.memory.usage", {
      description: "Resident memory",
      unit: "By",
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
}
