import type { Agent } from "node:https";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";
import { readStaticSite, type StaticSite } from "@databox-cmk/http";

import { createFetchByAgent } from "../../azure/fetch-by-agent.ts";
import { type BrokerConfig, cloudOf } from "../../config/config.ts";
import type { Clock } from "../../core/ports.ts";
import type { TokenIssuer } from "../../keys/issuer/token-issuer.ts";
import { SECRETS } from "../../keys/own-secrets.ts";
import { openSecretFile } from "../../keys/secret-file.ts";
import { createLimit } from "../../load/limits.ts";
import type { PortalParts } from "./create-portal.ts";
import { createIdentityProvider } from "./identity-provider.ts";

/** Enough for a page of a long list of Resource Manager. */
const AZURE_ANSWER_MAX_BYTES = 4 * 1024 * 1024;

/**
 * @returns undefined without PORTAL_CLIENT_ID: no portal is served
 * @throws {AppError} Misuse for missing files
 */
export async function openPortal(
  config: BrokerConfig,
  dependencies: {
    readonly keysDir: string;
    readonly agent: Agent;
    readonly tokenIssuer: TokenIssuer;
    readonly now: Clock;
  },
): Promise<PortalParts | undefined> {
  if (config.PORTAL_CLIENT_ID === undefined) return undefined;
  const { file, make } = SECRETS.session;
  const sealingKey = await openSecretFile(join(dependencies.keysDir, file), make);
  return {
    sealingKey,
    fetch: createFetchByAgent(dependencies.agent, AZURE_ANSWER_MAX_BYTES),
    site: config.PORTAL_DIR === undefined ? undefined : openSite(config.PORTAL_DIR),
    provider: createIdentityProvider(
      {
        authorityUrl: signInAuthority(config),
        tenantId: config.TENANT_ID,
        clientId: config.PORTAL_CLIENT_ID,
        portalUrl: config.BROKER_URL,
        scopes: {
          arm: `${config.ARM_URL}/.default`,
          graph: `${config.GRAPH_URL}/.default`,
          vault: `https://${config.KEY_VAULT_SUFFIXES[0]}/.default`,
        },
      },
      {
        fetch: createFetchByAgent(dependencies.agent),
        signAssertion: () => dependencies.tokenIssuer.signPortalAssertion(),
        limitLookups: createLimit("tenantLookups", config, dependencies.now),
        now: dependencies.now,
      },
    ),
  };
}

/** Metadata of OpenID Connect must come from the host that they name as issuer. */
function signInAuthority(config: BrokerConfig): string {
  const { authorityUrl, openIdIssuerUrl } = cloudOf(config);
  return config.ENTRA_AUTHORITY === authorityUrl ? openIdIssuerUrl : config.ENTRA_AUTHORITY;
}

/** @throws {AppError} Misuse when the folder has no index.html */
export function openSite(folder: string): StaticSite {
  const site = readStaticSite(folder);
  if (site.page("") === undefined)
    throw new AppError("Misuse", {
      detail: `PORTAL_DIR: ${folder} has no index.html; build the portal (vite build), or name its output folder`,
    });
  return site;
}
