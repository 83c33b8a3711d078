import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

import { REVISION, VERSION } from "@databox-cmk/protocol";
import { trace, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const EXPORT_TIMEOUT_MS = 5_000;

/**
 * Sends spans to a collector (OTLP by HTTP, JSON). A collector that does not answer only loses
 * spans.
 *
 * @param url - such as https://collector.example:4318/v1/traces
 * @param percent - of all traces. Their ids decide, so every span of a trace is sent or none is,
 * and no caller can ask for more.
 */
export function startTracing(
  url: string,
  percent: number,
): AsyncDisposable & { readonly tracer: Tracer } {
  const provider = new NodeTracerProvider({
    sampler: new TraceIdRatioBasedSampler(percent / 100),
    resource: resourceFromAttributes({
      "service.name": "databox-broker",
      "service.version": VERSION,
      "vcs.ref.head.revision": REVISION,
      // Processes of a host share its name, so each process has an id too.
      "service.instance.id": randomUUID(),
      "host.name": hostname(),
    }),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS })),
    ],
  });
  provider.register();
  return {
    tracer: provider.getTracer("databox-broker"),
    async [Symbol.asyncDispose]() {
      await provider.shutdown().catch(() => undefined); // Unsent spans are lost, as stated above.
      trace.disable();
    },
  };
}
