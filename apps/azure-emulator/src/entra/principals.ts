import { randomUUID } from "node:crypto";

import type { Application, FederatedCredential } from "../core/model.ts";
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

/** In another tenant, an application has no roles of its own: none were assigned there. */
export function principalIn(
  application: Application,
  tenantId: string,
): ServicePrincipal | undefined {
  if (application.tenantId === tenantId) return application;
  const own = consentOf(application, tenantId);
  return own && { ...application, ...own, roles: [] };
}

const consentOf = ({ isMultiTenant, consents = [] }: Application, tenantId: string) =>
  isMultiTenant === true ? consents.find((each) => each.tenantId === tenantId) : undefined;

/** Whether a person of this tenant has to consent before the application has a principal in it. */
export function needsConsent(state: EmulatorState, tenantId: string, clientId: string): boolean {
  const application = state.get("application", clientId);
  return application?.isMultiTenant === true && principalIn(application, tenantId) === undefined;
}

export function consent(state: EmulatorState, tenantId: string, clientId: string): void {
  const application = state.get("application", clientId);
  if (application === undefined || !needsConsent(state, tenantId, clientId)) return;
  const consents = [...(application.consents ?? []), { tenantId, objectId: randomUUID() }];
  state.put("application", { ...application, consents });
}

/** The service principal with this client id in this tenant, or undefined. */
export function findServicePrincipal(
  state: EmulatorState,
  tenantId: string,
  clientId: string,
): ServicePrincipal | undefined {
  const application = state.get("application", clientId);
  if (application !== undefined) return principalIn(application, tenantId);
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
