import { expect, test } from "vitest";

import { cipherPayload, createPayload, parsePayload } from "./payloads.ts";

const REQUIRED = "Property 'value' is required.\r\n";
const NOT_BASE64URL = `Content of 'value' is not base64url.\r\n${REQUIRED}`;

test.each([
  ["is absent", {}, REQUIRED],
  ["is null", { value: null }, REQUIRED],
  ["is empty", { value: "" }, REQUIRED],
  ["is padded", { value: "ab==" }, NOT_BASE64URL],
  ["is plain base64", { value: "a+/b" }, NOT_BASE64URL],
  ["ends amid a byte", { value: "abcde" }, NOT_BASE64URL],
])("a value that %s gets the service's own message", (_, members, message) => {
  expect(parsePayload(cipherPayload, { alg: "RSA-OAEP-256", ...members })).toMatchObject({
    kind: "invalid",
    refusal: { status: 400, code: "BadParameter", message },
  });
});

test.each([
  [{ kty: "RSA", attributes: { exp: "tomorrow" } }, "attributes.exp"],
  [{ kty: "RSA", tags: { owner: 5 } }, "tags.owner"],
  [{ kty: "RSA", key_size: 1024 }, "key_size"],
])("%j has a member that is wrong, not one that is missing", (body, property) => {
  expect(parsePayload(createPayload, body)).toMatchObject({
    kind: "invalid",
    refusal: { message: expect.stringContaining(`Property '${property}' has an invalid value`) },
  });
});

test("a date with a fraction of a second, as the Go SDK writes it, is the second that has begun", () => {
  const attributes = { nbf: 1.7e9, exp: 1_764_172_741.123 };
  expect(parsePayload(createPayload, { kty: "RSA", attributes })).toMatchObject({
    kind: "valid",
    value: { attributes: { nbf: 1_700_000_000, exp: 1_764_172_741 } },
  });
});

test.each(["YQ", "YWI", "YWJj", "YWJjZA"])("%s is base64url", (value) => {
  expect(parsePayload(cipherPayload, { alg: "RSA-OAEP-256", value }).kind).toBe("valid");
});
