import type { Cloud } from "@databox-cmk/errors";

import type { Endpoints } from "../dependencies.ts";
import type { EmulatorState } from "../state/emulator-state.ts";
import { EntraError } from "./entra-error.ts";

const DEFAULT_SUFFIX = "/.default";

/** Application id of Microsoft Graph: the audience of a sign-in that asks for no resource. */
const GRAPH_APPLICATION_ID = "00000003-0000-0000-c000-000000000000";

/**
 * Scopes of OpenID Connect: they select the members of the answer, not the audience of the access
 * token.
 */
const OPENID_SCOPES: ReadonlySet<string> = new Set([
  "openid",
  "profile",
  "email",
  "offline_access",
]);
/** Graph's own, which a sign-in without a resource asks for. */
const GRAPH_SCOPE = "user.read";

/**
 * The resource of a client-credentials scope. Only the suffix is taken away, as Entra ID does:
 * `https://vault.example//.default` asks for a token whose audience keeps its slash. MSAL for Go and
 * for Java send the scopes of OpenID Connect with it.
 *
 * @throws EntraError 1002012 when there is not exactly one `{resource}/.default`.
 */
export function resourceOfDefaultScope(scope: string): string {
  const [wanted = "", ...others] = scope
    .split(" ")
    .filter((each) => each !== "" && !OPENID_SCOPES.has(each.toLowerCase()));
  const resource = wanted.endsWith(DEFAULT_SUFFIX) ? wanted.slice(0, -DEFAULT_SUFFIX.length) : "";
  if (resource === "" || others.length > 0 || /\s/.test(resource))
    throw new EntraError(1002012, { scope });
  return resource;
}

/**
 * The resource of delegated scopes (`openid offline_access https://arm…/user_impersonation`): what
 * precedes the last slash of the one scope that is not OpenID's.
 *
 * @throws EntraError 70011 when scopes name several resources, or none that can be read.
 */
export function resourceOfDelegatedScopes(scopes: readonly string[]): string {
  const resources = new Set<string>();
  for (const scope of scopes) {
    const name = scope.toLowerCase();
    if (OPENID_SCOPES.has(name) || name === GRAPH_SCOPE) continue;
    const slash = scope.lastIndexOf("/");
    if (slash <= 0) throw new EntraError(70011, { scope });
    resources.add(scope.slice(0, slash));
  }
  const [only, ...others] = resources;
  if (others.length > 0) throw new EntraError(70011, { scope: scopes.join(" ") });
  return only ?? GRAPH_APPLICATION_ID;
}

/**
 * Whether a resource has a service principal here: this cloud's services, the first-party ones, and
 * registered applications.
 */
export function isKnownResource(
  resource: string,
  endpoints: Pick<Endpoints, "armUrl" | "cloud" | "graphUrl" | "vaultAudience">,
  state: EmulatorState,
): boolean {
  const wanted = resource.replace(/\/$/, "").toLowerCase();
  const { armUrl, cloud, graphUrl, vaultAudience } = endpoints;
  const services = [armUrl, vaultAudience, graphUrl, ...firstPartyResources(cloud)];
  if (services.some((service) => service.toLowerCase() === wanted)) return true;
  if (wanted === GRAPH_APPLICATION_ID) return true;
  return state.get("application", wanted.replace(/^api:\/\//, "")) !== undefined;
}

/** Resources of the cloud by the names that its clients use. Storage has one name in all. */
function firstPartyResources(cloud: Cloud): string[] {
  return [
    cloud.managementAudience,
    cloud.armUrl,
    cloud.graphUrl,
    `https://${cloud.vaultSuffix}`,
    "https://storage.azure.com",
    cloud.tokenExchangeAudience,
  ];
}
