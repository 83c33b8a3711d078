import { expect, test } from "vitest";

import { testKey, testVault, testVersion } from "../../test/test-vault.ts";
import { keyRecordKey } from "../core/model.ts";
import { openState } from "../state/open-state.ts";
import { purgeKey } from "../state/purge.ts";
import { generateKey } from "./key-engine.ts";
import { settleKey } from "./rotate-key.ts";

test("a key that is purged while its next version is made stays purged", async () => {
  using state = openState({}).state;
  const vault = testVault();
  const { jwk, privateKeyPem } = await generateKey({ kty: "EC", curve: "P-256" });
  const version = testVersion({ jwk });
  const key = testKey({
    versions: [version],
    rotationPolicy: {
      lifetimeActions: [
        { action: "Rotate", trigger: { kind: "time-after-create", duration: "P30D" } },
      ],
      createdAtMs: 0,
      updatedAtMs: 0,
    },
  });
  state.put("key", key);
  state.put("keyMaterial", {
    vaultName: key.vaultName,
    keyName: key.name,
    version: version.version,
    privateKeyPem,
  });
  const settled = settleKey(state, { ...vault, name: key.vaultName }, key.name, Date.UTC(2027, 0));
  // The rotation has begun, and waits for its key.
  purgeKey(state, key.vaultName, key.name);
  await settled;
  expect(state.get("key", keyRecordKey(key.vaultName, key.name))).toBeUndefined();
});
