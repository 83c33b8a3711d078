import { expect, test } from "vitest";

import { faultPayload } from "../core/fault-payload.ts";
import { toFaultPayload } from "./fault-options.ts";

const EFFECTS = [
  [{ status: "429" }, { kind: "status", status: 429 }],
  [
    { status: "429", retryAfter: "5" },
    { kind: "status", status: 429, retryAfterSeconds: 5 },
  ],
  [
    { status: "403", code: "Forbidden", innerCode: "X", message: "m" },
    { kind: "status", status: 403, code: "Forbidden", innerCode: "X", message: "m" },
  ],
  [{ latency: "250" }, { kind: "latency", distribution: { kind: "fixed", ms: 250 } }],
  [
    { latency: "100-400" },
    { kind: "latency", distribution: { kind: "uniform", minimumMs: 100, maximumMs: 400 } },
  ],
  [
    { latency: "p50=40,p99=900" },
    { kind: "latency", distribution: { kind: "log-normal", medianMs: 40, p99Ms: 900 } },
  ],
  [{ reset: true }, { kind: "connection-reset" }],
  [{ halfBody: true }, { kind: "half-body" }],
  [{ garbage: true }, { kind: "garbage-body" }],
  [{ contentType: "text/html" }, { kind: "wrong-content-type", contentType: "text/html" }],
  [{ readOnly: true }, { kind: "read-only" }],
  [{ propagationDelay: "300" }, { kind: "access-propagation-delay", seconds: 300 }],
  [{ visibilityDelay: "10" }, { kind: "visibility-delay", seconds: 10 }],
] as const;
test.each(EFFECTS)("%j becomes %j, which the control API accepts", (options, effect) => {
  expect(faultPayload.parse(toFaultPayload(options))).toEqual({
    scope: { service: "key-vault" },
    effect,
    probability: 1,
    seed: 1,
  });
});

test.each([
  ["timeout", { kind: "dns-timeout" }],
  ["servfail", { kind: "dns-answer", rcode: "SERVFAIL" }],
])("--dns %s is a fault of DNS", (dns, effect) => {
  expect(faultPayload.parse(toFaultPayload({ dns }))).toMatchObject({
    scope: { service: "dns" },
    effect,
  });
});

test.each([
  [{}, /name exactly one effect/u],
  [{ status: "429", reset: true }, /name exactly one effect/u],
  [{ latency: "fast" }, /--latency: 250 \(fixed\)/u],
])("%j is refused", (options, message) => {
  expect(() => toFaultPayload(options)).toThrow(message);
});
