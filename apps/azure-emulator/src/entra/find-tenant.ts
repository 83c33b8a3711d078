import type { Tenant } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { EntraError } from "./entra-error.ts";

/** The verified domain of the cloud's own tenant. */
export const HOME_DOMAIN = "databox.localhost";

const SHARED_AUTHORITIES: ReadonlySet<string> = new Set(["common", "organizations"]);
const CONSUMERS = "consumers";
/** The tenant of all personal accounts. None are here, and no application serves them. */
const PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad";
export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

type Deps = Pick<EmulatorDependencies, "cloud" | "state">;

/** A tenant as the path of a request names it. */
export type Authority = {
  readonly tenant: Tenant;
  /** For the paths of the tenant's endpoints: an alias, or else the id, also if a domain was sent. */
  readonly segment: string;
  /** An issuer names the id, or `{tenantid}` when the authority is not one tenant's. */
  readonly issuerTenant: string;
};

/**
 * The tenant that a path names by its id, by a verified domain, or by an alias. The shared
 * authorities mean the cloud's own tenant, since here every user and application lives in one.
 *
 * @throws EntraError 90002 for a tenant that is not there, 900023 for a name that cannot be one's.
 */
export function findAuthority(deps: Deps, sent: string): Authority {
  const segment = sent.toLowerCase();
  if (SHARED_AUTHORITIES.has(segment)) {
    const tenant = deps.state.get("tenant", deps.cloud.tenantId);
    if (tenant !== undefined) return { tenant, segment, issuerTenant: "{tenantid}" };
  }
  if (segment === CONSUMERS || segment === PERSONAL_ACCOUNTS) {
    const tenant = { id: PERSONAL_ACCOUNTS, displayName: PERSONAL_ACCOUNTS };
    return { tenant, segment, issuerTenant: PERSONAL_ACCOUNTS };
  }
  const tenant = deps.state.get("tenant", segment) ?? findTenantOfDomain(deps, segment);
  if (tenant !== undefined) return { tenant, segment: tenant.id, issuerTenant: tenant.id };
  const canBeTenant = GUID.test(segment) || segment.includes(".");
  throw new EntraError(canBeTenant ? 90002 : 900023, { tenant: sent });
}

/** A domain belongs to the tenant whose users have it in their names. */
export function findTenantOfDomain({ state, cloud }: Deps, domain: string): Tenant | undefined {
  const wanted = domain.toLowerCase();
  if (wanted === HOME_DOMAIN) return state.get("tenant", cloud.tenantId);
  const user = state.list("user").find(({ userName }) => domainOf(userName) === wanted);
  return user && state.get("tenant", user.tenantId);
}

/** The domain of a user's name; empty if it has none. */
export function domainOf(userName: string): string {
  return userName.includes("@") ? userName.slice(userName.lastIndexOf("@") + 1).toLowerCase() : "";
}
