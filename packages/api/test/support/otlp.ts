import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { onTestFinished } from "vitest";

type Attributes = Record<string, unknown>;

/** A span, with its attributes as an object. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status: { code: number };
  attributes: Attributes;
}

/** A data point of a metric, likewise. */
export interface CollectedPoint {
  attributes: Attributes;
  count: number;
  sum: number;
  bucketCounts: number[];
  explicitBounds: number[];
}

interface AttributeList {
  attributes?: { key: string; value: Record<string, unknown> }[];
}

type SentPoint = Omit<CollectedPoint, "attributes"> & AttributeList;
type SentSpan = Omit<CollectedSpan, "attributes"> & AttributeList;

/** A minimal OpenTelemetry collector that shows what arrives: OTLP over HTTP, in JSON. */
export class Collector {
  readonly spans: CollectedSpan[] = [];
  /** Data points by the metric's name. */
  readonly metrics = new Map<string, CollectedPoint[]>();
  /** Attributes of the sender, one per request. */
  readonly resources: Attributes[] = [];
  readonly #server = createServer(async (request, response) => {
    const body = (await json(request)) as Record<string, never>;
    if (request.url === "/v1/traces") this.#takeSpans(body);
    if (request.url === "/v1/metrics") this.#takeMetrics(body);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });

  /** Starts one, until the test is through. */
  static async start(): Promise<Collector> {
    const collector = new Collector();
    collector.#server.listen(0, "127.0.0.1");
    await once(collector.#server, "listening");
    onTestFinished(() => {
      collector.#server.closeAllConnections();
      collector.#server.close();
    });
    return collector;
  }

  /** Base URL. */
  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #takeSpans({ resourceSpans }: { resourceSpans?: never[] }): void {
    for (const { resource, scopeSpans } of resourceSpans ?? []) {
      this.resources.push(attributesOf(resource));
      for (const { spans } of scopeSpans as { spans: SentSpan[] }[]) {
        this.spans.push(...spans.map((span) => ({ ...span, attributes: attributesOf(span) })));
      }
    }
  }

  #takeMetrics({ resourceMetrics }: { resourceMetrics?: never[] }): void {
    for (const { resource, scopeMetrics } of resourceMetrics ?? []) {
      this.resources.push(attributesOf(resource));
      for (const { metrics } of scopeMetrics as { metrics: Record<string, unknown>[] }[]) {
        for (const { name, histogram, gauge } of metrics) {
          const { dataPoints } = (histogram ?? gauge) as { dataPoints: SentPoint[] };
          const points = dataPoints.map((each) => ({ ...each, attributes: attributesOf(each) }));
          const before = this.metrics.get(name as string) ?? [];
          this.metrics.set(name as string, [...before, ...points]);
        }
      }
    }
  }
}

function attributesOf({ attributes = [] }: AttributeList): Attributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
