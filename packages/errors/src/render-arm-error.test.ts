import { describe, expect, test } from "vitest";

import { rowsAndReasons } from "../test/rows-and-reasons.ts";
import { AppError, toAppError } from "./app-error.ts";
import { explain } from "./explain.ts";
import { renderArmError } from "./render-arm-error.ts";

const TWO_LINES = new Set(["SsemUserErrorSecretsNotGenerated", "SsemUserErrorEntityNotFound"]);

describe("renderArmError", () => {
  test("an error has exactly ARM's members, with the recovery beside them", () => {
    const error = new AppError("SsemUserErrorKeyVaultBadRequestException", {
      reason: "access-policy",
      target: "properties.details.keyEncryptionKey",
      facts: { vaultName: "kv", principalId: "p" },
      detail: "the vault answered 403",
    });
    const message = "The vault's access policies do not let the order's identity use the key";
    expect(renderArmError(error, { requestId: "r-1" })).toEqual({
      status: 400,
      body: {
        error: {
          code: "SsemUserErrorKeyVaultBadRequestException",
          message: `${message}: the vault answered 403.`,
          target: "properties.details.keyEncryptionKey",
          details: [
            { code: "access-policy", message },
            { code: "detail", message: "the vault answered 403" },
          ],
          additionalInfo: [
            {
              type: "Recovery",
              info: {
                class: "refused",
                who: "security-administrator",
                recoverable: "yes",
                reason: "access-policy",
                ask: "Ask your security administrator to grant Get, Wrap Key and Unwrap Key in vault kv to identity p, then try again.",
                steps: explain(error.code, { reason: error.reason, facts: error.facts }).steps,
                docs: "docs/reference/errors.md#ssemusererrorkeyvaultbadrequestexception",
                requestId: "r-1",
              },
            },
          ],
        },
      },
    });
  });

  test.each(rowsAndReasons())(
    "$code $reason survives JSON and has no empty members",
    ({ code, reason }) => {
      const { status, body } = renderArmError(new AppError(code, { reason }));
      expect(JSON.parse(JSON.stringify(body))).toStrictEqual(body);
      expect(Object.keys(body)).toEqual(["error"]);
      expect(Object.keys(body.error)).toEqual(["code", "message", "details", "additionalInfo"]);
      expect(status).toBe(explain(code, { reason }).httpStatus);
      const lines = body.error.message.split("\r\n");
      expect(lines).toHaveLength(TWO_LINES.has(code) ? 2 : 1);
      for (const line of lines) expect(line).toMatch(/^\P{Cc}+\.$/u);
    },
  );

  test("an error thrown by a bug is not shown", () => {
    const answer = renderArmError(toAppError(new Error("password hunter2 in SQL")));
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  });
});
