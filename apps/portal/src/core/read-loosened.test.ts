import { expect, test } from "vitest";

import { readLoosened } from "./read-loosened.ts";

test.each([
  ["loosens outageGrace", [["outageGrace"]]],
  [
    "loosens release.windows, release.approvals.required, release.breakGlass",
    [["windows"], ["approvals"], ["breakGlass"]],
  ],
  ["loosens unlocksPerDay (5 to 10)", [["unlocksPerDay", "5", "10"]]],
  ["loosens unlocksPerDay (5 to any)", [["noLimit", "5"]]],
  ["loosens backup key second", [["backupKey", "second"]]],
  ["loosens kekType (CustomerManaged to MicrosoftManaged)", [["serviceKey"]]],
  [
    "loosens kekUrl (vault a.vault.azure.net to b.vault.azure.net)",
    [["vault", "a.vault.azure.net", "b.vault.azure.net"]],
  ],
  ["loosens killSwitch", [["killSwitch"]]],
  ["loosens a.member.of.tomorrow", [[undefined, "a.member.of.tomorrow"]]],
])("%s", (reason, expected) => {
  expect(readLoosened(reason).map(({ kind, names }) => [kind, ...names])).toEqual(expected);
});
