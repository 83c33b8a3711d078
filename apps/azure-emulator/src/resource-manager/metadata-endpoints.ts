import type { Endpoints } from "../dependencies.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";
import { armAudiences } from "./authenticate.ts";

/**
 * `GET /metadata/endpoints`: az CLI and the SDKs read the cloud's addresses from it. Three shapes,
 * by api-version; it needs no token.
 */
export function answerMetadataEndpoints(
  request: HttpRequest,
  endpoints: Endpoints,
  tenantId: string,
): HttpAnswer {
  const version = request.query.get("api-version") ?? "2015-01-01";
  if (version < "2018-05-01") return { status: 200, body: oldestShape(endpoints) };
  const cloud = cloudShape(endpoints, tenantId);
  return { status: 200, body: version < "2022-09-01" ? [cloud] : cloud };
}

function oldestShape(endpoints: Endpoints): object {
  return {
    galleryEndpoint: endpoints.armUrl,
    graphEndpoint: endpoints.graphUrl,
    portalEndpoint: endpoints.armUrl,
    authentication: {
      loginEndpoint: endpoints.authorityUrl,
      audiences: armAudiences(endpoints),
    },
  };
}

function cloudShape(endpoints: Endpoints, tenantId: string): object {
  const { armUrl, authorityUrl, cloudName, graphUrl, storageSuffix, vaultSuffix } = endpoints;
  return {
    name: cloudName,
    portal: armUrl,
    authentication: {
      loginEndpoint: authorityUrl,
      audiences: armAudiences(endpoints),
      tenant: tenantId,
      identityProvider: "AAD",
    },
    resourceManager: armUrl,
    graph: graphUrl,
    graphAudience: graphUrl,
    microsoftGraphResourceId: graphUrl,
    media: armUrl,
    gallery: armUrl,
    batch: armUrl,
    sqlManagement: armUrl,
    vmImageAliasDoc: armUrl,
    // No leading dot, a port is allowed: az joins `https://{vault}` + `.` + this.
    suffixes: { keyVaultDns: vaultSuffix, storage: storageSuffix },
  };
}
