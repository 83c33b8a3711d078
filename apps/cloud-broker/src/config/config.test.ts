import { readFileSync } from "node:fs";
import { join } from "node:path";

import { AppError, CLOUD_NAMES, CLOUDS } from "@databox-cmk/errors";
import { describe, expect, test } from "vitest";

import { isIn } from "../http/sender-of.ts";
import { cloudOf, parseConfig, SETTINGS, type Environment } from "./config.ts";
import { renderSettings } from "./render-settings.ts";

const REQUIRED = {
  BROKER_TLS_CERTIFICATE_FILE: "/etc/broker/tls.pem",
  BROKER_TLS_KEY_FILE: "/etc/broker/tls-key.pem",
  BROKER_DATA_DIR: "/var/lib/broker",
  TENANT_ID: "0F000000-0000-4000-8000-00000000000A",
  SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
  IDENTITY_RESOURCE_GROUP:
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/Broker",
} as const;

function detailOf(environment: Environment): string {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof AppError) return error.detail ?? "";
    throw error;
  }
  return "accepted";
}

describe("the configuration", () => {
  test("takes defaults for settings that are absent, and cannot be changed afterwards", () => {
    const config = parseConfig(REQUIRED);
    expect(config).toMatchObject({
      BROKER_HOST: "127.0.0.1",
      BROKER_PORT: 8444,
      BROKER_URL: "https://broker.localhost:8444",
      TENANT_ID: "0f000000-0000-4000-8000-00000000000a",
      KEY_VAULT_SUFFIXES: ["vault.localhost:8443"],
      ALLOW_REVERT_TO_MICROSOFT_MANAGED: false,
      OUTAGE_GRACE_SECONDS: 86_400,
      LEASE_TTL_SECONDS: 60,
      EXTRA_CA_FILE: undefined,
      DNS_SERVER: undefined,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test.each(CLOUD_NAMES)("takes the addresses of %s from the table of clouds", (AZURE_CLOUD) => {
    const cloud = CLOUDS[AZURE_CLOUD];
    expect(parseConfig({ ...REQUIRED, AZURE_CLOUD })).toMatchObject({
      ARM_URL: cloud.armUrl,
      ARM_AUDIENCES: [cloud.managementAudience],
      ENTRA_AUTHORITY: cloud.authorityUrl,
      GRAPH_URL: cloud.graphUrl,
      KEY_VAULT_SUFFIXES: [cloud.vaultSuffix],
    });
    const ARM_URL = "https://arm.localhost:8443";
    expect(parseConfig({ ...REQUIRED, AZURE_CLOUD, ARM_URL }).ARM_URL).toBe(ARM_URL);
    expect(cloudOf(parseConfig({ ...REQUIRED, AZURE_CLOUD }))).toBe(cloud);
  });

  test("without a cloud has the public cloud's names, and refuses a name that az does not have", () => {
    expect(cloudOf(parseConfig(REQUIRED))).toBe(CLOUDS.AzureCloud);
    expect(detailOf({ ...REQUIRED, AZURE_CLOUD: "azurecloud" })).toBe(
      "AZURE_CLOUD is wrong: expected AzureCloud, AzureUSGovernment, AzureChinaCloud",
    );
  });

  test("takes an empty variable for an absent one", () => {
    expect(parseConfig({ ...REQUIRED, BROKER_PORT: "" }).BROKER_PORT).toBe(8444);
  });

  test.each(Object.keys(REQUIRED))(
    "names %s when it is missing, with the expected value",
    (name) => {
      expect(detailOf({ ...REQUIRED, [name]: undefined })).toMatch(
        new RegExp(`^${name} is missing: expected `),
      );
    },
  );

  const WRONG: readonly (readonly [keyof typeof SETTINGS, string])[] = [
    ["BROKER_PORT", "eighty"],
    ["BROKER_PORT", "65536"],
    ["BROKER_PORT", "0x10"],
    ["BROKER_PORT", " 80"],
    ["BROKER_URL", "http://broker.localhost"],
    ["BROKER_URL", "https://broker.localhost/path"],
    ["BROKER_URL", "https://user@broker.localhost"],
    ["ARM_AUDIENCES", "https://management.azure.com,api://broker"],
    ["TENANT_ID", "contoso"],
    ["KEY_VAULT_SUFFIXES", "https://vault.azure.net"],
    ["KEY_VAULT_SUFFIXES", ","],
    ["SERVICE_KEY_URL", "service"],
    ["IDENTITY_RESOURCE_GROUP", "broker"],
    ["DNS_SERVER", "localhost:53"],
    ["DNS_SERVER", "127.0.0.1"],
    ["ALLOW_REVERT_TO_MICROSOFT_MANAGED", "yes"],
    ["OUTAGE_GRACE_SECONDS", "-1"],
    ["OUTAGE_GRACE_SECONDS", "1.5"],
    ["LEASE_TTL_SECONDS", "9"],
    ["LEASE_TTL_SECONDS", "3601"],
    ["PROXY_PROTOCOL_FROM", "0.0.0.0/0"],
    ["PROXY_PROTOCOL_FROM", "10.0.0.1/33"],
    ["PROXY_PROTOCOL_FROM", "balancer.example"],
    ["FORWARDED_FOR_FROM", "::/0"],
    ["FORWARDED_FOR_FROM", "10.0.0.1,,10.0.0.2"],
    ["LOG_LEVEL", "verbose"],
  ];
  test.each(WRONG)("names %s when it is %j", (name, value) => {
    expect(detailOf({ ...REQUIRED, [name]: value })).toBe(
      `${name} is wrong: expected ${SETTINGS[name].expected}`,
    );
  });

  test("names every fault at once", () => {
    const detail = detailOf({ ...REQUIRED, BROKER_PORT: "x", LOG_LEVEL: "x", TENANT_ID: "x" });
    expect(detail.split("; ")).toHaveLength(3);
  });

  test("reads an IPv6 name server", () => {
    expect(parseConfig({ ...REQUIRED, DNS_SERVER: "[::1]:8446" }).DNS_SERVER).toEqual({
      address: "::1",
      port: 8446,
    });
  });

  test("reads addresses and networks of balancers", () => {
    const config = parseConfig({ ...REQUIRED, PROXY_PROTOCOL_FROM: "10.0.0.0/24, 2001:db8::7" });
    const networks = config.PROXY_PROTOCOL_FROM;
    const named = ["10.0.0.255", "::ffff:10.0.0.1", "2001:db8::7"];
    const others = ["10.0.1.0", "2001:db8::8", "::1", "fe80::1%eth0", "localhost", ""];
    expect(named.filter((each) => networks !== undefined && isIn(networks, each))).toEqual(named);
    expect(others.filter((each) => networks !== undefined && isIn(networks, each))).toEqual([]);
  });

  test("is documented as it is", () => {
    const file = join(import.meta.dirname, "../../../../docs/reference/configuration.md");
    expect(readFileSync(file, "utf8")).toBe(renderSettings());
  });
});
