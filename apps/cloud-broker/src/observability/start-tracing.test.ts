import { hostname } from "node:os";

import { VERSION } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { startTracing } from "./start-tracing.ts";

test("each span names the broker, its version, its host and its process", async () => {
  await using tracing = startTracing("http://127.0.0.1:9/v1/traces");
  expect(tracing.tracer.startSpan("never ended, so never sent")).toMatchObject({
    resource: {
      attributes: {
        "service.name": "databox-broker",
        "service.version": VERSION,
        "service.instance.id": expect.stringMatching(/^[\da-f-]{36}$/),
        "host.name": hostname(),
      },
    },
  });
});
