import { expect, test } from "vitest";

import { fitsActivityFilter } from "./fits-activity-filter.ts";

const ROW = {
  action: "order/listCredentials",
  actor: { kind: "caller", name: "Ada Lovelace", objectId: "o-1", address: "192.0.2.7" },
  outcome: "refused",
  code: "SsemUserErrorEncryptionKeyDisabled",
  kid: "https://contoso.vault.example/keys/unlock/v1",
  correlationId: "c-1",
};

test.each([
  ["without a filter", {}, true],
  ["by its action", { action: "order/listCredentials" }, true],
  ["by the family of its action", { action: "unlock,order" }, true],
  ["not by the beginning of another word", { action: "ord" }, false],
  ["by its outcome", { outcome: "refused" }, true],
  ["not by another outcome", { outcome: "granted" }, false],
  ["by part of who it was, in any letter case", { search: "LOVE" }, true],
  ["by its code", { search: "keydisabled" }, true],
  ["by where it came from", { search: "192.0.2" }, true],
  ["not by a text that it has not", { search: "grace" }, false],
  ["not when one of two filters does not fit", { outcome: "refused", search: "grace" }, false],
] as const)("a row is found %s", (_name, filter, expected) => {
  expect(fitsActivityFilter(ROW, filter)).toBe(expected);
});
