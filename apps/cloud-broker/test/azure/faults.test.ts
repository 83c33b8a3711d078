// @module-tag one-engine

import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { join } from "node:path";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import { CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type Azure, createAzure } from "../../src/azure/create-azure.ts";
import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
import type { Outcome } from "../../src/core/ports.ts";
import { ownAnswers } from "../answers/own-answers.ts";
import { expectOk } from "../world/expect-ok.ts";
import {
  createOrderIdentity,
  createUserIdentity,
  type EmulatorWorld,
  startEmulatorWorld,
} from "./emulator-world.ts";

const VAULT = "kv-faults";
let world: EmulatorWorld;
let identity: Extract<KeyIdentity, { kind: "order" }>;
let kid: string;
let vaultId: string;

beforeAll(async () => {
  world = await startEmulatorWorld();
  identity = await createOrderIdentity(world);
  vaultId = await world.addVault(VAULT, identity.principalId);
  kid = await world.addKey(VAULT, "kek");
});
afterEach(() => world.clearFaults());
afterAll(() => world.close());

const getKey = () => world.azure.vaults.getKey(identity, world.keyUrl(VAULT, "kek"));
const status = (code: number, rest: object = {}) => ({ kind: "status", status: code, ...rest });

/**
 * A failure on the wire, and its only valid name. Each is caused in the emulator and seen through
 * the real SDK.
 */
const FAULTS: readonly (readonly [string, object, string, (string | undefined)?])[] = [
  ...ownAnswers.flatMap(({ party, answer: { status: code, ...answer }, failure }) =>
    // Only a decryption has a bad parameter, and a 401 is a challenge first.
    party === "vault" && code !== 400 && code !== 401 && failure !== undefined
      ? [
          [
            Object.values(answer).join(" "),
            status(code, answer),
            failure.code,
            failure.reason,
          ] as const,
        ]
      : [],
  ),
  [
    "429 with a long Retry-After",
    status(429, { code: "Throttled", retryAfterSeconds: 30 }),
    "KeyVaultThrottled",
  ],
  ["a broken connection", { kind: "connection-reset" }, "KeyVaultUnreachable", "connection"],
  ["half a body", { kind: "half-body" }, "KeyVaultUnexpectedAnswer"],
  ["a body that is not JSON", { kind: "garbage-body" }, "KeyVaultUnexpectedAnswer"],
];

describe("a vault that answers", () => {
  it.each(FAULTS.map(([name, effect, code, reason]) => ({ name, effect, code, reason })))(
    "$name ends as $code $reason",
    async ({ effect, code, reason }) => {
      await getKey(); // the challenge is over, so that the fault meets the call itself
      await world.addFault({ service: "key-vault", vault: VAULT }, effect);
      const outcome = await getKey();
      expect(outcome).toMatchObject({ ok: false, failure: { code } });
      expect(outcome.ok ? "" : outcome.failure.reason).toBe(reason);
    },
  );

  it("one 503 or one broken connection is retried without an effect", async () => {
    await getKey();
    for (const effect of [
      status(503, { code: "ServiceUnavailable" }),
      { kind: "connection-reset" },
    ]) {
      await world.addFault({ service: "key-vault", vault: VAULT }, effect, 1);
      expect(await getKey()).toMatchObject({ ok: true });
    }
  });

  it("one 429 without Retry-After is waited out by our own back-off", async () => {
    await getKey();
    await world.addFault(
      { service: "key-vault", vault: VAULT },
      status(429, { code: "Throttled" }),
      1,
    );
    expect(await getKey()).toMatchObject({ ok: true });
  });

  it("is asked with the vault's request id in hand, for good answers and refusals", async () => {
    const wrapped = expectOk(await world.azure.vaults.wrapKey(identity, kid, randomBytes(32)));
    expect(wrapped.vaultRequestId).toMatch(/^[0-9a-f-]{36}$/);
    await world.addFault(
      { service: "key-vault", vault: VAULT },
      status(403, { code: "Forbidden", innerCode: "ForbiddenByPolicy" }),
    );
    const refused = await world.azure.vaults.unwrapKey(identity, kid, wrapped.encryptedKey);
    expect(refused.ok ? "" : refused.failure.vaultRequestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a name server that", () => {
  it.each([
    ["answers SERVFAIL", { kind: "dns-answer", rcode: "SERVFAIL" }],
    ["answers REFUSED", { kind: "dns-answer", rcode: "REFUSED" }],
    [
      "answers NXDOMAIN for every name, the control's too",
      { kind: "dns-answer", rcode: "NXDOMAIN" },
    ],
  ])("%s says nothing about a vault", async (_case, effect) => {
    await world.addFault({ service: "dns" }, effect);
    const outcome = await world.azure.vaults.getKey(identity, world.keyUrl("kv-unknown", "kek"));
    expect(outcome).toMatchObject({
      ok: false,
      failure: { code: "KeyVaultUnreachable", reason: "dns" },
    });
    expect(outcome.ok ? true : outcome.failure.vaultNameUnknown).toBeUndefined();
  });
});

/** Answers questions of IPv4 with one address, or a code without any. */
async function openNameServer(state: { code: number; address: readonly number[] }) {
  const socket = createSocket("udp4", (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const has = state.code === 0 && query.readUInt16BE(end - 4) === 1;
    const head = Buffer.from(query.subarray(0, end));
    head.writeUInt16BE(0x8180 + state.code, 2);
    head.writeUInt16BE(has ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const record = Buffer.from([
      ...Buffer.from("c00c00010001000000010004", "hex"),
      ...state.address,
    ]);
    socket.send(has ? Buffer.concat([head, record]) : head, from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

describe("a name that", () => {
  type Call = (azure: Azure) => Promise<Outcome<unknown> | undefined>;
  const CALLS: readonly (readonly [string, string, Call])[] = [
    [
      "a vault",
      "KeyVaultUnreachable",
      (at) => at.vaults.getKey(identity, world.keyUrl(VAULT, "kek")),
    ],
    ["Entra ID", "IdentityProviderUnreachable", (at) => at.vaults.signIn(identity)],
    ["Resource Manager", "ResourceManagerUnreachable", (at) => at.resources.vault(vaultId)],
    [
      "Microsoft Graph",
      "IdentityProviderUnreachable",
      async (at) => at.roles.isEnabled?.(world.owner.objectId),
    ],
  ];
  const WRONG = [
    ["does not exist", { code: 3, address: [] }],
    ["cannot be looked up", { code: 2, address: [] }],
    ["has a dead address", { code: 0, address: [127, 0, 0, 99] }],
    ["leads to a server with a foreign certificate", { code: 0, address: [127, 0, 0, 98] }],
  ] as const;
  let foreign: Server;
  let met = 0;
  beforeAll(async () => {
    const ca = createCertificateAuthority({ commonName: "foreign", validityDays: 1 });
    const dnsNames = ["localhost"];
    const issued = issueServerCertificate({ ca, commonName: "x", dnsNames, validityDays: 1 });
    foreign = createServer({ cert: issued.certificatePem, key: issued.privateKeyPem });
    foreign.on("connection", () => (met += 1));
    foreign.listen(Number(new URL(world.settings.ARM_URL).port), "127.0.0.98");
    await once(foreign, "listening");
  });
  afterAll(() => foreign.close());
  it.each(
    WRONG.flatMap(([name, wrong]) =>
      CALLS.map(([of, code, call]) => {
        return { name, wrong, of, code, call };
      }),
    ),
  )("of $of $name is $code, and the very next call with the right one works", async (row) => {
    const state = { ...row.wrong, address: [...row.wrong.address] };
    const socket = await openNameServer(state);
    const DNS_SERVER = { address: "127.0.0.1", port: socket.address().port };
    const azure = createAzure({ ...world.settings, DNS_SERVER }, world.dependencies);
    const failure = { code: row.code };
    const before = met;
    expect(await row.call(azure)).toMatchObject({ ok: false, failure });
    expect(met > before).toBe(row.name.includes("certificate"));
    Object.assign(state, { code: 0, address: [127, 0, 0, 1] });
    expect(await row.call(azure)).toMatchObject({ ok: true });
    azure.close();
    socket.close();
  });
});

const TOKEN_FAULTS: readonly (readonly [string, object, object, string])[] = [
  ["Entra answers 503", { service: "entra" }, status(503), "entra"],
  ["Entra answers 429", { service: "entra" }, status(429), "entra"],
  ["Entra hangs up", { service: "entra" }, { kind: "connection-reset" }, "entra"],
  ["Entra answers garbage", { service: "entra" }, { kind: "garbage-body" }, "entra"],
];

describe("a token that cannot be had", () => {
  it.each(TOKEN_FAULTS)("because %s is not a refusal", async (_case, scope, effect, reason) => {
    await world.addFault(scope, effect);
    const outcome = await world.azure.vaults.signIn(identity);
    expect(outcome).toMatchObject({
      ok: false,
      failure: { code: "IdentityProviderUnreachable", reason },
    });
  });

  it("survives a kept connection that Entra closes at that moment", async () => {
    await world.addFault({ service: "entra" }, { kind: "connection-reset" }, 1);
    expect(await world.azure.vaults.signIn(identity)).toMatchObject({ ok: true });
  });

  it.each([
    [400, "imds-answer"],
    [404, "imds"],
    [410, "imds"],
    [429, "imds"],
    [500, "imds"],
  ])("because the metadata service answers %i is not a refusal, but %s", async (code, reason) => {
    await world.addFault({ service: "imds" }, status(code));
    const outcome = await world.azure.vaults.signIn({ kind: "broker" });
    expect(outcome).toMatchObject({
      ok: false,
      failure: { code: "IdentityProviderUnreachable", reason },
    });
  });

  it("of a tenant that is gone names the tenant", async () => {
    const elsewhere = { ...identity, tenantId: "99999999-9999-4999-8999-999999999999" };
    expect(await world.azure.vaults.signIn(elsewhere)).toMatchObject({
      failure: { code: "SsemUserErrorCrossTenantIdentityAccessForbidden" },
    });
  });

  it.each([
    ["system", "SsemUserErrorSystemAssignedIdentityAbsent"],
    ["user", "SsemUserErrorUserAssignedIdentityAbsent"],
  ] as const)(
    "for want of trust in the broker names the %s-assigned identity",
    async (attachment, code) => {
      const other = {
        ...identity,
        attachment,
        order: `${identity.order}-other` as typeof identity.order,
      };
      expect(await world.azure.vaults.signIn(other)).toMatchObject({ failure: { code } });
    },
  );
});

describe("the broker by its service account in a cluster", () => {
  const sign = async (subject: string) => {
    using folder = openTemporaryFolder();
    const { clientId } = await world.managed.userAssignedIdentities.get(
      world.emulator.resourceGroup,
      "broker",
    );
    const brokerTokenFile = join(folder.path, "token");
    writeFileSync(
      brokerTokenFile,
      await world.dependencies.signAssertion(orderIdOf({ ...ofCluster, name: subject })),
    );
    const settings = {
      ...world.settings,
      BROKER_CLIENT_ID: clientId,
      BROKER_IDENTITY_TOKEN_FILE: brokerTokenFile,
    };
    const azure = createAzure(settings, world.dependencies);
    const outcome = await azure.vaults.signIn({ kind: "broker" });
    azure.close();
    return outcome;
  };
  const ofCluster = { subscriptionId: "s", resourceGroup: "cluster", name: "trusted" };

  it("signs in at Entra, without the metadata service", async () => {
    await world.managed.federatedIdentityCredentials.createOrUpdate(
      world.emulator.resourceGroup,
      "broker",
      "cluster",
      {
        issuer: world.settings.BROKER_URL,
        subject: orderIdOf(ofCluster),
        audiences: [CLOUDS[PUBLIC_CLOUD].tokenExchangeAudience],
      },
    );
    await world.addFault({ service: "imds" }, status(500));
    expect(await sign("trusted")).toMatchObject({ ok: true });
    expect(await sign("other")).toMatchObject({
      failure: {
        code: "IdentityProviderUnreachable",
        reason: "own-identity",
        detail: expect.stringContaining("AADSTS700213") as string,
      },
    });
  });

  it("needs the client id of its identity", () => {
    expect(() =>
      createAzure({ ...world.settings, BROKER_IDENTITY_TOKEN_FILE: "token" }, world.dependencies),
    ).toThrow(
      expect.objectContaining({ detail: "BROKER_IDENTITY_TOKEN_FILE needs BROKER_CLIENT_ID" }),
    );
  });
});

it("a certificate of a foreign authority is not a refusal", async () => {
  const distrusting = createAzure(world.settings, {
    ...world.dependencies,
    extraCaPem: undefined,
  });
  const outcome = await distrusting.vaults.getKey(identity, world.keyUrl(VAULT, "kek"));
  distrusting.close();
  expect(outcome).toMatchObject({
    ok: false,
    failure: { code: "KeyVaultUnreachable", reason: "certificate" },
  });
});

describe("a vault with a firewall", () => {
  const WALLED = "kv-walled";
  const setFirewall = (ipRules: { value: string }[]) =>
    world.arm.vaults.update(world.emulator.resourceGroup, WALLED, {
      properties: { networkAcls: { defaultAction: "Deny", bypass: "AzureServices", ipRules } },
    });

  it("refuses both types of identity although trusted services may pass, until it admits the address", async () => {
    const user = await createUserIdentity(world);
    await world.addVault(WALLED, identity.principalId);
    await world.grant(WALLED, user.principalId, ["get"]);
    await world.addKey(WALLED, "kek");
    const read = () =>
      Promise.all(
        [identity, user].map((of) => world.azure.vaults.getKey(of, world.keyUrl(WALLED, "kek"))),
      );
    const code = "SsemUserErrorKeyVaultBadRequestException";
    const refused = { code, reason: "firewall", facts: { brokerAddress: "203.0.113.10" } };
    await setFirewall([]);
    expect(await read()).toMatchObject([{ failure: refused }, { failure: refused }]);
    await setFirewall([{ value: "203.0.113.10" }]);
    expect(await read()).toMatchObject([{ ok: true }, { ok: true }]);
  });
});
