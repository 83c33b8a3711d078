import { AppError } from "@databox-cmk/errors";
import { decodeJwt } from "jose";

import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { CallerResources } from "../core/ports.ts";
import type { ReadConnected } from "./tenants.ts";
import { readBearer, type VerifyToken } from "./verify-token.ts";

/** Tenants whose keys and tokens are kept, each with keys, rates and tokens of its own. */
const MAX_TENANTS = 500;

/**
 * Tokens of the connected tenants, each checked by the issuer and the keys of its own tenant. Any
 * other token is the home tenant's to refuse. The token's tenant is not proven yet, so it only
 * chooses the check.
 *
 * @param verifyOf - the check of one connected tenant
 * @param resourcesOf - what the holder of a token may read
 */
export function createVerifyTenants(
  home: { readonly tenantId: string; readonly verify: VerifyToken },
  readConnected: ReadConnected,
  verifyOf: (tenantId: string) => VerifyToken,
  resourcesOf: (token: string, tenantId: string) => CallerResources,
): VerifyToken {
  const verifiers = new LeastRecentlyUsed<string, VerifyToken>(MAX_TENANTS);
  return async (authorization) => {
    const tenantId = tenantOf(authorization);
    if (tenantId === undefined || tenantId === home.tenantId) return home.verify(authorization);
    if (!(await readConnected()).has(tenantId)) return home.verify(authorization);
    const verify = verifiers.getOr(tenantId, () => verifyOf(tenantId));
    const caller = await verify(authorization).catch(async (error: unknown) => {
      // Its tenant signed it, but not for this service: answered as if that was not connected. A
      // token without a valid signature costs one look-up of keys, as without the tenant.
      if (isOfOther(error)) await home.verify(authorization);
      throw error;
    });
    // The tenant's own administrators assign the application's roles, so these prove nothing here.
    return { ...caller, roles: [], own: resourcesOf(readBearer(authorization), tenantId) };
  };
}

const isOfOther = (error: unknown): boolean =>
  error instanceof AppError && /^wrong-(?:issuer|audience)$/.test(error.reason ?? "");

function tenantOf(authorization: string | undefined): string | undefined {
  try {
    const { tid } = decodeJwt(readBearer(authorization));
    return typeof tid === "string" ? tid : undefined;
  } catch {
    return undefined;
  }
}
