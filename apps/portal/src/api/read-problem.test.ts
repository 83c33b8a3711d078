import { expect, test } from "vitest";

import { problemOfError } from "./read-problem.ts";

test("an error inside a resource keeps its own steps, with the order's names in them", () => {
  const steps = [{ text: "Enable the key version", command: "az keyvault key set-attributes" }];
  expect(
    problemOfError({
      code: "SsemUserErrorEncryptionKeyDisabled",
      message: "The key is disabled",
      details: [],
      additionalInfo: [{ type: "Recovery", info: { who: "security-administrator", steps } }],
    }),
  ).toMatchObject({
    title: "The key is disabled",
    class: "refused",
    who: "security-administrator",
    recoverable: "yes",
    steps,
  });
});

test.each([
  ["said when the message leaves it out", "not valid", "not valid: kekUrl: missing"],
  ["not said twice", "not valid: kekUrl: missing.", "not valid: kekUrl: missing."],
])("the detail of this case is %s", (_name, message, expected) => {
  const { message: shown } = problemOfError({
    code: "InvalidRequestContent",
    message,
    details: [{ code: "detail", message: "kekUrl: missing" }],
    additionalInfo: [{ type: "Recovery", info: { who: "order-owner", steps: [] } }],
  });
  expect(shown).toBe(expected);
});
