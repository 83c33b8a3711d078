import type { Tenant } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { EntraError } from "./entra-error.ts";

const SHARED_AUTHORITIES: ReadonlySet<string> = new Set(["common", "organizations"]);

export function isSharedAuthority(segment: string): boolean {
  return SHARED_AUTHORITIES.has(segment.toLowerCase());
}

/**
 * The tenant of a request. The shared authorities mean the cloud's own tenant, since here every
 * user and application lives in one.
 *
 * @throws EntraError 90002 for a tenant that is not there.
 */
export function findTenant(deps: EmulatorDependencies, segment: string): Tenant {
  const id = isSharedAuthority(segment) ? deps.cloud.tenantId : segment;
  const tenant = deps.state.get("tenant", id);
  if (tenant === undefined) throw new EntraError(90002, { tenant: segment });
  return tenant;
}
