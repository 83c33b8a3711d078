import { mkdtempSync, rmSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { rotateKey } from "../run/commands/rotate-key.ts";
import { openStore } from "../store/open-store.ts";
import { openBrokerKeys } from "./broker-keys.ts";

const NOW_MS = Date.now();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rotation-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const rotate = (name: string, force = false, nowMs = NOW_MS) =>
  rotateKey(name, folder, { store: () => openStore(":memory:"), nowMs, force });

describe("a rotation of the signing key", () => {
  test("takes the key that devices have pinned already, and announces another one", async () => {
    const before = await openBrokerKeys(folder);
    await rotate("signing");
    const after = await openBrokerKeys(folder);
    expect(after.signing.publicJwk).toEqual(before.bundle[1]);
    expect(after.bundle[0]).toEqual(before.bundle[1]);
    expect(after.bundle[1]).not.toEqual(before.bundle[0]);
    expect(after.former).toEqual([before.signing.publicJwk]);
    expect(after.nonce.equals(before.nonce)).toBe(true);
  });

  test("that was killed before its last step is ended by the next start", async () => {
    const before = await openBrokerKeys(folder);
    await rotate("signing");
    unlinkSync(join(folder, "broker-signing-key.next.pem"));
    const after = await openBrokerKeys(folder);
    expect(after.signing.publicJwk).toEqual(before.bundle[1]);
    expect(after.bundle).toHaveLength(2);
  });
});

describe("a rotation of the issuer's key", () => {
  test("waits until Entra ID has had a day to fetch the next one", async () => {
    await openBrokerKeys(folder);
    await expect(rotate("issuer")).rejects.toMatchObject({
      code: "Misuse",
      detail: expect.stringContaining("24 h") as string,
    });
    const dayAgo = (NOW_MS - 86_400_000) / 1000;
    utimesSync(join(folder, "token-issuer-key.next.pem"), dayAgo, dayAgo);
    await expect(rotate("issuer")).resolves.toContain("1 former");
  });
  test("can be forced after a theft", async () => {
    await openBrokerKeys(folder);
    await expect(rotate("issuer", true)).resolves.toContain("1 former");
  });
});

test("a secret without a public half is replaced", async () => {
  const before = await openBrokerKeys(folder);
  await rotate("nonce");
  const after = await openBrokerKeys(folder);
  expect(after.nonce.equals(before.nonce)).toBe(false);
  expect(after.signing.kid).toBe(before.signing.kid);
});

test("an unknown key name is refused with the known names", async () => {
  await expect(rotate("everything")).rejects.toMatchObject({
    code: "Misuse",
    detail: "expected one of signing, issuer, nonce, session",
  });
});

test("a malformed file of former keys stops the start, instead of being ignored", async () => {
  await openBrokerKeys(folder);
  writeFileSync(join(folder, "broker-signing-key.former.json"), "[{}]");
  await expect(openBrokerKeys(folder)).rejects.toThrow('"jwk"');
});
