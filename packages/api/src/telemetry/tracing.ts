import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { DomainError } from "@steadfast/core";
import type { FastifyRequest } from "fastify";

/** Milliseconds between two traces that callers request. */
const BETWEEN_ASKED = 1000;

export class Tracing {
  readonly #tracer: Tracer;
  readonly #share: number;
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #current = new AsyncLocalStorage<Span>();
  #lastAsked = Number.NEGATIVE_INFINITY;

  /** @param share of the requests to trace, 0 to 1 */
  constructor(tracer: Tracer, share: number) {
    this.#tracer = tracer;
    this.#share = share;
  }

  /** The span of a request; `undefined` for most, which are not traced. */
  start(request: FastifyRequest): Span | undefined {
    const asked = request.headers.traceparent !== undefined;
    if (!asked && Math.random() >= this.#share) return undefined;
    const parent = asked
      ? this.#propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter)
      : ROOT_CONTEXT;
    if (asked && !this.#accepts(parent)) return undefined;
    return this.#tracer.startSpan(request.method, { kind: SpanKind.SERVER }, parent);
  }

  /** Calls of the callback may create further spans. */
  run(span: Span, callback: () => void): void {
    this.#current.run(span, callback);
  }

  end(span: Span, { name, status, attributes }: Answered): void {
    span.updateName(name);
    span.setAttributes(attributes);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  /** Wraps an object, so that each method call is a span of the request that made it. */
  traced<Target extends object>(name: string, target: Target): Target {
    return new Proxy(target, {
      get: (_target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) =>
          this.#call(`${name}.${String(key)}`, () => member.apply(target, args));
      },
    });
  }

  /**
   * Callers who trace take precedence, but anybody can claim to and each trace costs money: at most
   * one a second. The rest is sampled as usual.
   */
  #accepts(parent: Context): boolean {
    const sampled = (trace.getSpanContext(parent)?.traceFlags ?? 0) & TraceFlags.SAMPLED;
    const now = performance.now();
    if (!sampled || now - this.#lastAsked < BETWEEN_ASKED) return Math.random() < this.#share;
    this.#lastAsked = now;
    return true;
  }

  #call(name: string, call: () => unknown): unknown {
    const parent = this.#current.getStore();
    if (!parent) return call();
    const span = this.#tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));
    const ended = (error?: unknown) => {
      // A message may contain what must not leave the process.
      if (error) span.setAttribute("error.type", kindOf(error));
      span.end();
    };
    try {
      const result = call();
      if (!(result instanceof Promise)) ended();
      else result.then(() => ended(), ended);
      return result;
    } catch (error) {
      ended(error);
      throw error;
    }
  }
}

function kindOf(error: unknown): string {
  return error instanceof DomainError ? error.kind : (error as Error).name;
}

export interface Answered {
  name: string;
  status: number;
  attributes: Attributes;
}
