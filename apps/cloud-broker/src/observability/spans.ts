import {
  context,
  type Context,
  propagation,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

import type { RouteRequest } from "../http/route.ts";

/** Where the time of one request went, for a collector of traces. */
export type Spans = {
  ofRequest<Value extends { readonly status: number }>(
    request: RouteRequest,
    route: string,
    run: () => Promise<Value>,
  ): Promise<Value>;
  ofVaultCall<Value>(
    operation: string,
    run: () => Promise<Value>,
    codeOf: (value: Value) => string | undefined,
  ): Promise<Value>;
};

/** Where nobody collects. */
export const noSpans: Spans = {
  ofRequest: (_request, _route, run) => run(),
  ofVaultCall: (_operation, run) => run(),
};

/**
 * The sender's trace context (W3C) is a link and no parent: whoever can reach the broker could otherwise choose what it
 * samples, and in whose trace its spans stand.
 */
export function createSpans(tracer: Tracer): Spans {
  return {
    ofRequest: (request, route, run) =>
      tracer.startActiveSpan(
        `${request.method} ${route}`,
        {
          root: true,
          links: linksTo(request),
          attributes: {
            "http.request.method": request.method,
            "http.route": route,
            "databox.request_id": request.requestId,
          },
        },
        async (span) => {
          try {
            const value = await run();
            span.setAttribute("http.response.status_code", value.status);
            if (value.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
            return value;
          } finally {
            span.end();
          }
        },
      ),
    ofVaultCall: (operation, run, codeOf) =>
      tracer.startActiveSpan(`key-vault ${operation}`, async (span) => {
        try {
          const value = await run();
          const code = codeOf(value);
          if (code !== undefined) span.setAttribute("databox.code", code);
          return value;
        } finally {
          span.end();
        }
      }),
  };
}

function linksTo(request: RouteRequest) {
  const remote: Context = propagation.extract(context.active(), request, {
    get: (carrier, name) => (name === "traceparent" ? carrier.header(name) : undefined),
    keys: () => ["traceparent"],
  });
  const linked = trace.getSpanContext(remote);
  return linked === undefined ? [] : [{ context: linked }];
}
