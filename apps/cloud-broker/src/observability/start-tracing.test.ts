import { hostname } from "node:os";

import { REVISION, VERSION } from "@databox-cmk/protocol";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";

import { startTracing } from "./start-tracing.ts";

const COLLECTOR = "http://127.0.0.1:9/v1/traces";

test("each span names the broker, its version, its host and its process", async () => {
  await using tracing = startTracing(COLLECTOR, 100);
  expect(tracing.tracer.startSpan("never ended, so never sent")).toMatchObject({
    resource: {
      attributes: {
        "service.name": "databox-broker",
        "service.version": VERSION,
        "vcs.ref.head.revision": REVISION,
        "service.instance.id": expect.stringMatching(/^[\da-f-]{36}$/),
        "host.name": hostname(),
      },
    },
  });
});

test("the share of traces that the setting names is made, each with all of its spans or none", async () => {
  await using tracing = startTracing(COLLECTOR, 25);
  const madeOf = (index: number): readonly boolean[] => {
    // The ids are spread evenly over their range.
    const traceId = (index * 0x0100_0000).toString(16).padStart(8, "0").padEnd(32, "0");
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      traceId,
      spanId: "0000000000000001",
      traceFlags: 1,
      isRemote: true,
    });
    return ["first", "second"].map((name) =>
      tracing.tracer.startSpan(name, {}, parent).isRecording(),
    );
  };
  const made = Array.from({ length: 255 }, (_, index) => madeOf(index + 1));
  expect(made.filter(([first, second]) => first !== second)).toEqual([]);
  expect(made.filter(([first]) => first)).toHaveLength(63);
});
