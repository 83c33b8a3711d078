import {
  context,
  type Context,
  propagation,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

import type { RouteRequest } from "../http/route.ts";
import type { Spans } from "../http/spans.ts";

/**
 * The sender's trace context (W3C) becomes a link and not a parent. Otherwise any caller could
 * choose what the broker samples, and in which trace its spans appear.
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
          let isUnproven = false;
          try {
            const value = await run();
            isUnproven = value.isUnproven === true;
            span.setAttribute("http.response.status_code", value.status);
            if (value.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
            return value;
          } finally {
            // A span that does not end is never exported.
            if (!isUnproven) span.end();
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
