import type { FederatedCredential } from "../core/model.ts";
import type { EmulatorState } from "../state/emulator-state.ts";

/**
 * A principal that can request a token in its own name: an application, or a managed identity that
 * trusts another issuer.
 */
export type ServicePrincipal = {
  readonly clientId: string;
  readonly objectId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly secrets: readonly { readonly value: string; readonly expiresAtMs?: number }[];
  readonly federatedCredentials: readonly FederatedCredential[];
  readonly redirectUris: readonly string[];
  /** Resource id of a managed identity: the claim `xms_mirid`. */
  readonly managedIdentityId?: string;
};

/** The service principal with this client id in this tenant, or undefined. */
export function findServicePrincipal(
  state: EmulatorState,
  tenantId: string,
  clientId: string,
): ServicePrincipal | undefined {
  const application = state.get("application", clientId);
  if (application !== undefined) return application.tenantId === tenantId ? application : undefined;
  const wanted = clientId.toLowerCase();
  const identity = state
    .list("managedIdentity")
    .find((candidate) => candidate.clientId.toLowerCase() === wanted);
  if (identity === undefined || identity.tenantId !== tenantId) return undefined;
  return {
    clientId: identity.clientId,
    objectId: identity.principalId,
    tenantId: identity.tenantId,
    displayName: identity.name,
    roles: [],
    secrets: [],
    federatedCredentials: identity.federatedCredentials,
    redirectUris: [],
    managedIdentityId: identity.id,
  };
}
