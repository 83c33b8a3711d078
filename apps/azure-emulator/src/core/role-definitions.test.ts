import { expect, test } from "vitest";

import { OPERATION_NAMES, operationRow } from "./key-vault/operations.ts";
import { allowsDataAction, ROLE_DEFINITIONS } from "./role-definitions.ts";

const READS = ["get", "getDeleted", "listDeletedKeys", "listKeys", "listVersions"];
const EVERYTHING = OPERATION_NAMES.filter((name) => operationRow(name).dataAction !== undefined);
const ATTESTED = new Set(["attest", "secureWrapKey", "secureUnwrapKey"]);

/**
 * "Provide access to Key Vault keys, certificates, and secrets with Azure role-based access
 * control".
 */
const CAN: Readonly<Record<string, readonly string[]>> = {
  "Key Vault Administrator": EVERYTHING,
  "Key Vault Crypto Officer": EVERYTHING,
  "Key Vault Crypto User": READS.concat(
    ["update", "backup", "encrypt", "decrypt"],
    ["wrapKey", "unwrapKey", "sign", "verify"],
  ),
  "Key Vault Crypto Service Encryption User": [...READS, "wrapKey", "unwrapKey"],
  "Key Vault Crypto Service Release User": ["release"],
  "Key Vault Reader": [...READS, "getRotationPolicy"],
  "Key Vault Certificate User": READS,
};

const told = (names: readonly string[]): string[] =>
  names.filter((name) => !ATTESTED.has(name)).toSorted();

test.each(ROLE_DEFINITIONS.map(({ roleName }) => roleName))(
  "%s has the same key permissions as in Azure",
  (roleName) => {
    const role = ROLE_DEFINITIONS.find((candidate) => candidate.roleName === roleName);
    const allowed = EVERYTHING.filter(
      (name) => role && allowsDataAction(role, operationRow(name).dataAction ?? ""),
    );
    expect(told(allowed)).toEqual(told(CAN[roleName] ?? []));
  },
);

test("no two roles share a name or an identifier", () => {
  expect(new Set(ROLE_DEFINITIONS.map(({ name }) => name)).size).toBe(ROLE_DEFINITIONS.length);
  expect(new Set(ROLE_DEFINITIONS.map(({ roleName }) => roleName)).size).toBe(
    ROLE_DEFINITIONS.length,
  );
});
