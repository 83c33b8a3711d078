import { describe, expect, test } from "vitest";

import { AADSTS, type AadstsCode, isAadstsCode } from "./aadsts.ts";
import { EntraError, entraTimestamp, renderEntraError } from "./entra-error.ts";

const CODES = Object.keys(AADSTS).map(Number).filter(isAadstsCode);
const CONTEXT = {
  nowMs: Date.UTC(2022, 3, 7, 7, 16, 46, 999),
  traceId: "trace",
  correlationId: "correlation",
  authorityUrl: "https://login.localhost:8443",
};

/** RFC 6749 §5.2 and OpenID Connect; msal maps its error classes from these. */
const OAUTH_ERRORS = [
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "invalid_resource",
  "invalid_scope",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type",
  "temporarily_unavailable",
  "login_required",
];

describe("every AADSTS error", () => {
  test.each(CODES)("AADSTS%d is an OAuth error and names itself", (code) => {
    const { status, body } = renderEntraError(new EntraError(code), CONTEXT);
    expect(OAUTH_ERRORS).toContain(body.error);
    expect(status).toBe(AADSTS[code].status);
    expect(body.error_codes).toEqual([code]);
    expect(body.error_description).toMatch(
      new RegExp(`^AADSTS${code}: .*Timestamp: 2022-04-07 07:16:46Z$`, "s"),
    );
    expect(body.error_description).not.toMatch(/[{}]/);
  });

  test.each(CODES)("AADSTS%d is retried by a client exactly when it is transient", (code) => {
    const { error, status } = AADSTS[code];
    expect(error === "temporarily_unavailable").toBe(status === 503 || status === 429);
  });
});

test("a refusal names what it refuses", () => {
  const code: AadstsCode = 700016;
  expect(new EntraError(code, { appId: "app", tenant: "Contoso" }).message).toContain(
    "Application with identifier 'app' was not found in the directory 'Contoso'.",
  );
});

test("a timestamp has seconds and a space", () => {
  expect(entraTimestamp(0)).toBe("1970-01-01 00:00:00Z");
});
