import { namesOf } from "./closed-table.ts";
import type { Facts } from "./row.ts";

/** The addresses of one cloud. No URL ends with a slash. */
export type Cloud = {
  readonly authorityUrl: string;
  /** Issuer of version 1.0 tokens, without the tenant. */
  readonly tokenIssuerUrl: string;
  /** Issuer of version 2.0 tokens, without the tenant. */
  readonly openIdIssuerUrl: string;
  readonly armUrl: string;
  /** The older name of Resource Manager, for which az requests its tokens. */
  readonly managementAudience: string;
  readonly graphUrl: string;
  readonly vaultSuffix: string;
  readonly managedHsmSuffixes: readonly string[];
  readonly storageSuffix: string;
  /** Audience of federated credentials. */
  readonly tokenExchangeAudience: string;
};

/**
 * Azure's clouds, by the names that az and Bicep's `environment().name` give them.
 *
 * The two sources of the Managed HSM's suffix in China disagree; a host of either is recognized.
 */
export const CLOUDS = {
  AzureCloud: {
    authorityUrl: "https://login.microsoftonline.com",
    tokenIssuerUrl: "https://sts.windows.net",
    openIdIssuerUrl: "https://login.microsoftonline.com",
    armUrl: "https://management.azure.com",
    managementAudience: "https://management.core.windows.net",
    graphUrl: "https://graph.microsoft.com",
    vaultSuffix: "vault.azure.net",
    managedHsmSuffixes: ["managedhsm.azure.net"],
    storageSuffix: "core.windows.net",
    tokenExchangeAudience: "api://AzureADTokenExchange",
  },
  AzureUSGovernment: {
    authorityUrl: "https://login.microsoftonline.us",
    tokenIssuerUrl: "https://sts.windows.net",
    openIdIssuerUrl: "https://login.microsoftonline.us",
    armUrl: "https://management.usgovcloudapi.net",
    managementAudience: "https://management.core.usgovcloudapi.net",
    graphUrl: "https://graph.microsoft.us",
    vaultSuffix: "vault.usgovcloudapi.net",
    managedHsmSuffixes: ["managedhsm.usgovcloudapi.net"],
    storageSuffix: "core.usgovcloudapi.net",
    tokenExchangeAudience: "api://AzureADTokenExchangeUSGov",
  },
  AzureChinaCloud: {
    authorityUrl: "https://login.chinacloudapi.cn",
    tokenIssuerUrl: "https://sts.chinacloudapi.cn",
    openIdIssuerUrl: "https://login.partner.microsoftonline.cn",
    armUrl: "https://management.chinacloudapi.cn",
    managementAudience: "https://management.core.chinacloudapi.cn",
    graphUrl: "https://microsoftgraph.chinacloudapi.cn",
    vaultSuffix: "vault.azure.cn",
    managedHsmSuffixes: ["managedhsm.azure.cn", "managedhsm.chinacloudapi.cn"],
    storageSuffix: "core.chinacloudapi.cn",
    tokenExchangeAudience: "api://AzureADTokenExchangeChina",
  },
} as const satisfies Record<string, Cloud>;

export type CloudName = keyof typeof CLOUDS;

export const CLOUD_NAMES = namesOf(CLOUDS);

export const PUBLIC_CLOUD = "AzureCloud" satisfies CloudName;

/**
 * The cloud and the service that a host belongs to.
 *
 * @param host - in lower case; a port is ignored.
 */
export function cloudOfHost(
  host: string,
): { readonly cloud: CloudName; readonly service: "vault" | "managed-hsm" } | undefined {
  const name = host.replace(/:\d+$/u, "");
  for (const cloud of CLOUD_NAMES) {
    const { vaultSuffix, managedHsmSuffixes }: Cloud = CLOUDS[cloud];
    if (name.endsWith(`.${vaultSuffix}`)) return { cloud, service: "vault" };
    if (managedHsmSuffixes.some((suffix) => name.endsWith(`.${suffix}`)))
      return { cloud, service: "managed-hsm" };
  }
  return undefined;
}

/** The cloud that facts name, or that of their vault; undefined for an emulator's. */
export function cloudOfFacts({ cloud, keyUrl }: Facts): CloudName | undefined {
  const named = CLOUD_NAMES.find((name) => name === cloud);
  const host = /^https:\/\/([^/?#]+)/u.exec(String(keyUrl))?.[1];
  return named ?? cloudOfHost(host ?? "")?.cloud;
}
