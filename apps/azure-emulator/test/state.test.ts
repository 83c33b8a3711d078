import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Tenant } from "../src/core/model.ts";
import { createAzureEmulator } from "../src/index.ts";
import { openState } from "../src/state/open-state.ts";
import { startWorld } from "./world.ts";

const QUERY = "?api-version=2025-07-01";
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "azure-emulator-test-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const TENANT: Tenant = { id: "T", displayName: "first" };

describe("a data folder", () => {
  test("keeps keys, vaults, directory, clock and authority across a restart", async () => {
    const first = await startWorld({ dataDir });
    const url = await first.createVault("kept");
    const body = { alg: "RSA-OAEP-256", value: "c2VjcmV0" };
    await first.callVault(`${url}/keys/kek/create${QUERY}`, {
      method: "POST",
      body: { kty: "RSA" },
    });
    const { json } = await first.callVault(`${url}/keys/kek//wrapkey${QUERY}`, {
      method: "POST",
      body,
    });
    const { kid, value } = json as { kid: string; value: string };
    await first.control("POST", "/clock/advance", { seconds: 3_600 });
    await first[Symbol.asyncDispose]();

    const second = await startWorld({ dataDir });
    try {
      expect(second.emulator.caPem).toBe(first.emulator.caPem);
      const path = new URL(kid).pathname;
      const again = `https://kept.${second.emulator.vaultSuffix}${path}/unwrapkey${QUERY}`;
      // The first world's application, with a token of the second run.
      const answer = await second.callVault(again, {
        method: "POST",
        body: { alg: "RSA-OAEP-256", value },
      });
      expect(answer).toMatchObject({
        status: 403,
        json: { error: { innererror: { code: "ForbiddenByPolicy" } } },
      });
      await second.arm.vaults.updateAccessPolicy(second.emulator.resourceGroup, "kept", "add", {
        properties: {
          accessPolicies: [
            {
              tenantId: second.emulator.tenantId,
              objectId: second.owner.objectId,
              permissions: { keys: ["unwrapKey"] },
            },
          ],
        },
      });
      expect(
        await second.callVault(again, { method: "POST", body: { alg: "RSA-OAEP-256", value } }),
      ).toMatchObject({ status: 200, json: { value: body.value } });
      expect((await second.control("GET", "/clock")).json).toMatchObject({ offsetSeconds: 3_600 });
    } finally {
      await second[Symbol.asyncDispose]();
    }
  });

  test("holds no private key or secret in the clear, and its key files are the owner's only", async () => {
    const world = await startWorld({ dataDir });
    const secret = "a-secret-that-must-not-be-found";
    await world.createPrincipal({ secret });
    const url = await world.createVault("quiet");
    await world.callVault(`${url}/keys/kek/create${QUERY}`, {
      method: "POST",
      body: { kty: "RSA" },
    });
    await world[Symbol.asyncDispose]();
    for (const file of readdirSync(dataDir).filter((name) => name.includes("sqlite"))) {
      const content = readFileSync(join(dataDir, file));
      expect(content.includes("PRIVATE KEY")).toBe(false);
      expect(content.includes(secret)).toBe(false);
    }
    for (const file of ["seal.key", "ca.pem.key"])
      expect((statSync(join(dataDir, file)).mode & 0o777).toString(8)).toBe("600");
  });

  test("says so when it was sealed by another key", () => {
    const { state } = openState({ dataDir });
    state.put("user", {
      userName: "ada",
      tenantId: "t",
      objectId: "o",
      displayName: "Ada",
      password: "p",
      roles: [],
    });
    state[Symbol.dispose]();
    writeFileSync(join(dataDir, "seal.key"), Buffer.alloc(32));
    expect(() => openState({ dataDir })).toThrow(/unable to authenticate/u);
    writeFileSync(join(dataDir, "seal.key"), "short");
    expect(() => openState({ dataDir })).toThrow(/seal\.key: expected 32 bytes/u);
  });

  test("is held by one emulator at a time, in files that are the owner's only", () => {
    const first = openState({ dataDir }).state;
    expect(() => openState({ dataDir })).toThrow(/in use by another emulator: stop it/u);
    for (const name of readdirSync(dataDir))
      expect([name, statSync(join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
    first[Symbol.dispose]();
    openState({ dataDir }).state[Symbol.dispose]();
  });
});

describe("a transaction", () => {
  test("that fails leaves neither memory nor file changed", () => {
    const { state } = openState({ dataDir });
    state.put("tenant", TENANT);
    expect(() =>
      state.transaction(() => {
        state.put("tenant", { ...TENANT, displayName: "second" });
        state.put("tenant", { id: "U", displayName: "new" });
        state.delete("tenant", "T");
        throw new Error("crash");
      }),
    ).toThrow("crash");
    expect(state.list("tenant")).toEqual([TENANT]);
    state[Symbol.dispose]();
    const reopened = openState({ dataDir }).state;
    expect(reopened.list("tenant")).toEqual([TENANT]);
    reopened[Symbol.dispose]();
  });

  test("inside another one belongs to it", () => {
    const { state } = openState({});
    state.transaction(() => state.transaction(() => state.put("tenant", TENANT)));
    expect(state.get("tenant", "t")).toBe(TENANT);
    state[Symbol.dispose]();
  });
});

describe("start", () => {
  test("a port in use is one clear line, and nothing stays open", async () => {
    const first = await createAzureEmulator({ port: 0, imdsPort: 0, dnsPort: 0 });
    const port = Number(new URL(first.armUrl).port);
    const imdsPort = Number(new URL(first.imdsUrl).port);
    await expect(createAzureEmulator({ port, imdsPort: 0, dnsPort: 0 })).rejects.toThrow(
      `port ${port} of 127.0.0.1 cannot be used (EADDRINUSE): stop what uses it, or choose another with --port`,
    );
    await expect(createAzureEmulator({ port: 0, imdsPort, dnsPort: 0 })).rejects.toThrow(
      /with --imds-port$/u,
    );
    await first.close();
    const second = await createAzureEmulator({ port, imdsPort, dnsPort: 0 });
    await second.close();
  });

  test.each([
    [{ port: 70_000 }, /option port/u],
    [{ tenantId: "x" }, /option tenantId/u],
    [{ location: "West US" }, /option location/u],
  ])("the option %j is refused by name", async (options, message) => {
    await expect(createAzureEmulator(options)).rejects.toThrow(message);
  });
});
