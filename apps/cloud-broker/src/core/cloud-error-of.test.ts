import { AppError, renderArmError } from "@databox-cmk/errors";
import { expect, test } from "vitest";

import { cloudErrorOf } from "./cloud-error-of.ts";

test("an error inside of a resource says as much as the same error in an answer", () => {
  const code = "SsemUserErrorKeyVaultBadRequestException";
  const more = { reason: "access-policy", target: "KeyEncryptionKey", facts: { vaultName: "kv" } };
  const { error } = renderArmError(new AppError(code, more)).body;
  const { additionalInfo, details } = cloudErrorOf({ code, ...more });
  expect(additionalInfo).toEqual(error.additionalInfo);
  expect(details).toEqual(error.details);
});
