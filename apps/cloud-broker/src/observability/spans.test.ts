import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, test } from "vitest";

import type { RouteRequest } from "../http/route.ts";
import { createSpans } from "./spans.ts";

const REQUEST: RouteRequest = {
  method: "POST",
  path: "/device/v1/unlocks",
  parameters: {},
  query: new URLSearchParams(),
  header: () => undefined,
  address: "203.0.113.7",
  requestId: "00000000-0000-4000-8000-000000000001",
};

test("a refusal of an unproven caller is not exported", async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const spans = createSpans(provider.getTracer("test"));
  const answer = (status: number, isUnproven: boolean) =>
    spans.ofRequest(REQUEST, REQUEST.path, () => Promise.resolve({ status, isUnproven }));
  await answer(401, true);
  await answer(403, false);
  await expect(
    spans.ofRequest(REQUEST, REQUEST.path, () => Promise.reject(new Error("a bug"))),
  ).rejects.toThrow("a bug");
  expect(exporter.getFinishedSpans().map(({ attributes }) => attributes)).toMatchObject([
    { "http.response.status_code": 403 },
    { "http.route": REQUEST.path },
  ]);
});
