import { ERRORS } from "@databox-cmk/errors";
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { classifyNetworkFailure } from "./classify-network-failure.ts";
import { classifyResourceManagerAnswer } from "./classify-resource-manager-answer.ts";
import { classifyTokenFailure } from "./classify-token-failure.ts";
import { classifyVaultAnswer, readVaultAnswer } from "./classify-vault-answer.ts";

const classOf = (code: keyof typeof ERRORS) => ERRORS[code].class;
const statuses = fc.oneof(
  fc.integer({ min: 100, max: 999 }),
  fc.constantFrom(200, 400, 401, 403, 404, 409, 429),
);
/** Bodies that no service sends: text, JSON of any shape, and truncated envelopes. */
const envelope = JSON.stringify({
  error: { code: "Forbidden", message: "no", innererror: { code: "ForbiddenByPolicy" } },
});
const bodies = fc.oneof(
  fc.string(),
  fc.json(),
  fc.string({ maxLength: 40 }).map((text) => `<html>${text}</html>`),
  fc.integer({ min: 0, max: envelope.length - 1 }).map((length) => envelope.slice(0, length)),
  fc.record({ error: fc.anything() }).map((value) => JSON.stringify(value)),
  fc.constant(`${envelope}${" ".repeat(70_000)}`),
);
const CODES = new Set([
  "Forbidden",
  "AccessDenied",
  "KeyNotFound",
  "BadParameter",
  "Unauthorized",
  "Conflict",
]);

describe("random garbage", () => {
  test.prop([statuses, bodies])("is never a vault's refusal", (status, body) => {
    expect(classOf(classifyVaultAnswer(readVaultAnswer(status, body)).code)).not.toBe("refused");
  });

  test.prop([
    statuses,
    fc.stringMatching(/^[A-Za-z]{1,20}$/),
    fc.stringMatching(/^[A-Za-z]{1,20}$/),
  ])(
    "in the form of an envelope does not count as a refusal either, when its code is not the vault's",
    (status, code, innerCode) => {
      fc.pre(!CODES.has(code));
      const body = JSON.stringify({
        error: { code, message: "", innererror: { code: innerCode } },
      });
      expect(classOf(classifyVaultAnswer(readVaultAnswer(status, body)).code)).not.toBe("refused");
    },
  );

  test.prop([
    statuses,
    bodies,
    fc.constantFrom("broker" as const, "account" as const, "system" as const, "user" as const),
  ])("is never Entra's word on an identity", (status, body, kind) => {
    expect(classOf(classifyTokenFailure({ kind: "answer", status, body }, { kind }).code)).not.toBe(
      "refused",
    );
  });

  test.prop([statuses, bodies])(
    "is never Resource Manager's word that something is missing",
    (status, body) => {
      expect(classifyResourceManagerAnswer(status, body)).toMatchObject({
        code: "ResourceManagerUnreachable",
      });
    },
  );

  test.prop([
    fc.option(fc.string(), { nil: undefined }),
    fc.constantFrom(
      "vault" as const,
      "entra" as const,
      "imds" as const,
      "resource-manager" as const,
    ),
  ])("as a network error is unreachable", (code, party) => {
    expect(classOf(classifyNetworkFailure(code, party).code)).toBe("unreachable");
  });
});
