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

/** A backend that is down must not delay the end of the process. */
const EXPORT_TIMEOUT = 3000;

/** The semantic conventions' buckets in seconds, up to 5: no request takes longer. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5];

export interface SdkOptions {
  /** Base URL of an OTLP collector (HTTP, JSON). */
  endpoint: string;
  /** Called for each failed export. */
  onError: (message: string) => void;
}

export interface Sdk {
  tracer: Tracer;
  /** Duration of requests in seconds. */
  duration: Histogram;
  /** Flushes and stops. Never fails. */
  shutdown(): Promise<void>;
}

/**
 * OpenTelemetry's SDK without automatic instrumentation: metrics once a minute, spans every five
 * seconds.
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
    // Sampling is decided before a span is created.
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
          // Deltas add up across an instance's processes.
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
