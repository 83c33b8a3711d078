import { describe, expect, test } from "vitest";

import { toUnreachable } from "./unreachable.ts";

const failure = (code: string) => Object.assign(new Error("network"), { code });

test.each([
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["ESERVFAIL", "dns"],
  ["ECONNREFUSED", "connection"],
  ["ECONNRESET", "connection"],
  ["EHOSTUNREACH", "connection"],
  ["ENETUNREACH", "connection"],
  ["EPIPE", "connection"],
  ["HPE_INVALID_CONSTANT", "connection"],
  ["ETIMEDOUT", "timeout"],
  ["CERT_HAS_EXPIRED", "certificate"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["EPROTO", "unsigned-answer"],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "unsigned-answer"],
  ["ERR_OSSL_PEM_BAD_BASE64_DECODE", "certificate"],
])("%s is %s", (code, reason) => {
  const error = toUnreachable(failure(code), new AbortController().signal);
  expect(error).toMatchObject({ code: "BrokerUnreachable", reason });
});

describe("the end of the command's time", () => {
  test("is a timeout, regardless of the socket's own code", () => {
    expect(toUnreachable(failure("ECONNRESET"), AbortSignal.abort())).toMatchObject({
      reason: "timeout",
    });
  });
});
