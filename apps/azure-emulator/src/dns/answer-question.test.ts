import { expect, test } from "vitest";

import { answerQuestion, type Zone } from "./answer-question.ts";

const zone: Zone = {
  vaultDomain: "vault.localhost",
  names: new Set(["arm.localhost"]),
  hasVault: (name) => name === "present",
};

test.each([
  ["arm.localhost", "A", "address"],
  ["ARM.Localhost.", "A", "address"],
  ["arm.localhost", "ANY", "address"],
  ["arm.localhost", "AAAA", "no-data"],
  ["arm.localhost", "TXT", "no-data"],
  ["localhost", "A", "address"],
  ["present.vault.localhost", "A", "address"],
  ["present.vault.localhost", "AAAA", "no-data"],
  ["absent.vault.localhost", "A", "name-error"],
  ["absent.vault.localhost", "AAAA", "name-error"],
  ["a.present.vault.localhost", "A", "name-error"],
  [".vault.localhost", "A", "name-error"],
  ["notlocalhost", "A", "refused"],
  ["arm.localhost.example.com", "A", "refused"],
  [".", "A", "refused"],
])("%s %s is answered by %s", (name, type, kind) => {
  expect(answerQuestion({ name, type }, zone).kind).toBe(kind);
});
