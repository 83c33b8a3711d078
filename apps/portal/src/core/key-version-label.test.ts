import { expect, test } from "vitest";

import { keyVersionLabel } from "./key-version-label.ts";

test.each([
  ["https://v.vault.example/keys/unlock/7d6855dc1234", "unlock / 7d6855dc…"],
  ["https://v.vault.example/keys/unlock/v1", "unlock / v1"],
  ["urn:ietf:params:oauth:jwk-thumbprint:x", "urn:ietf:params:oauth:jwk-thumbprint:x"],
])("%s is shown as %s", (kid, label) => {
  expect(keyVersionLabel(kid)).toBe(label);
});
