import { CLOUD_NAMES, CLOUDS } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import { startWorld } from "./world.ts";

/** A region of each cloud, and its pair. */
const REGION = {
  AzureCloud: ["northeurope", "westeurope"],
  AzureUSGovernment: ["usgovtexas", "usgovvirginia"],
  AzureChinaCloud: ["chinaeast2", "chinanorth2"],
} as const;

describe.each(CLOUD_NAMES)("the emulator as %s", (cloud) => {
  test("has that cloud's hosts, names and issuer, and serves unmodified clients", async () => {
    await using world = await startWorld({ cloud });
    const names = CLOUDS[cloud];
    const { emulator, owner, send } = world;
    const port = new URL(emulator.armUrl).port;
    expect(emulator).toMatchObject({
      authorityUrl: `${names.authorityUrl}:${port}`,
      armUrl: `${names.armUrl}:${port}`,
      vaultSuffix: `${names.vaultSuffix}:${port}`,
    });
    const metadata = `${emulator.armUrl}/metadata/endpoints?api-version=2022-09-01`;
    expect((await send(metadata)).json).toMatchObject({
      name: cloud,
      authentication: {
        loginEndpoint: emulator.authorityUrl,
        audiences: expect.arrayContaining([`${names.managementAudience}/`]),
      },
      resourceManager: emulator.armUrl,
      microsoftGraphResourceId: `${names.graphUrl}:${port}`,
      suffixes: { keyVaultDns: emulator.vaultSuffix, storage: names.storageSuffix },
    });

    const { token } = await owner.credential.getToken(`${names.managementAudience}/.default`);
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({
      iss: `${names.tokenIssuerUrl}/${emulator.tenantId}/`,
      aud: names.managementAudience,
    });
    const authorization = { headers: { authorization: `Bearer ${token}` } };
    const subscriptions = `${emulator.armUrl}/subscriptions?api-version=2022-12-01`;
    expect((await send(subscriptions, authorization)).status).toBe(200);

    const { json } = await send(
      `${emulator.armUrl}/subscriptions/${emulator.subscriptionId}/locations?api-version=2022-12-01`,
      authorization,
    );
    const [name, pair] = REGION[cloud];
    expect(json).toMatchObject({
      value: expect.arrayContaining([
        expect.objectContaining({
          name,
          metadata: expect.objectContaining({
            pairedRegion: [expect.objectContaining({ name: pair })],
          }),
        }),
      ]),
    });
    expect(JSON.stringify(json).includes("usgovvirginia")).toBe(cloud === "AzureUSGovernment");

    const vaultUrl = await world.createVault("contoso");
    const challenge = await send(`${vaultUrl}/keys?api-version=2026-04-01`);
    expect(challenge.headers["www-authenticate"]).toBe(
      `Bearer authorization="${emulator.authorityUrl}/${emulator.tenantId}", resource="https://${emulator.vaultSuffix}"`,
    );
    const key = await world.keyClient(vaultUrl).createRsaKey("kek");
    expect(key.id).toContain(`https://contoso.${names.vaultSuffix}:${port}/keys/kek/`);
    expect((await world.callVault(`${vaultUrl}/keys/kek?api-version=2026-04-01`)).status).toBe(200);
  });
});
