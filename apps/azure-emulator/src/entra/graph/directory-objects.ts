import { createHash } from "node:crypto";

import type { EmulatorState } from "../../state/emulator-state.ts";
import { principalIn } from "../principals.ts";

/** A principal of the directory as Microsoft Graph shows it. */
export type DirectoryObject = Readonly<Record<string, unknown>> & {
  readonly "@odata.type":
    | "#microsoft.graph.application"
    | "#microsoft.graph.servicePrincipal"
    | "#microsoft.graph.user";
  readonly id: string;
  readonly displayName: string;
};

/** Applications and managed identities of a tenant. */
export function listServicePrincipals(state: EmulatorState, tenantId: string): DirectoryObject[] {
  const applications = state
    .list("application")
    .flatMap((application) => principalIn(application, tenantId) ?? [])
    .map((application) =>
      servicePrincipal({
        id: application.objectId,
        appId: application.clientId,
        displayName: application.displayName,
        kind: "Application",
        alternativeNames: [],
      }),
    );
  const identities = state
    .list("managedIdentity")
    .filter((identity) => identity.tenantId === tenantId)
    .map((identity) =>
      servicePrincipal({
        id: identity.principalId,
        appId: identity.clientId,
        displayName: identity.name,
        kind: "ManagedIdentity",
        alternativeNames: ["isExplicit=True", identity.id],
      }),
    );
  return [...applications, ...identities];
}

/**
 * App registrations. Their object id is another than that of their service principal; no answer has
 * their secrets.
 */
export function listApplications(state: EmulatorState, tenantId: string): DirectoryObject[] {
  return state
    .list("application")
    .filter((application) => application.tenantId === tenantId)
    .map(({ clientId, displayName, redirectUris, isMultiTenant }) => ({
      "@odata.type": "#microsoft.graph.application",
      id: uuidOf(`application ${clientId}`),
      appId: clientId,
      displayName,
      identifierUris: [`api://${clientId}`],
      signInAudience: isMultiTenant === true ? "AzureADMultipleOrgs" : "AzureADMyOrg",
      passwordCredentials: [],
      keyCredentials: [],
      web: { redirectUris },
    }));
}

/** The same id for the same name, with the form of a version 8 UUID (RFC 9562 §5.8). */
function uuidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function listUsers(state: EmulatorState, tenantId: string): DirectoryObject[] {
  return state
    .list("user")
    .filter((user) => user.tenantId === tenantId)
    .map((user) => ({
      "@odata.type": "#microsoft.graph.user",
      id: user.objectId,
      displayName: user.displayName,
      userPrincipalName: user.userName,
      mail: user.userName,
      accountEnabled: user.accountEnabled ?? true,
    }));
}

function servicePrincipal(facts: {
  id: string;
  appId: string;
  displayName: string;
  kind: "Application" | "ManagedIdentity";
  alternativeNames: readonly string[];
}): DirectoryObject {
  return {
    "@odata.type": "#microsoft.graph.servicePrincipal",
    id: facts.id,
    appId: facts.appId,
    displayName: facts.displayName,
    appDisplayName: facts.displayName,
    servicePrincipalType: facts.kind,
    servicePrincipalNames: [facts.appId, `api://${facts.appId}`],
    alternativeNames: facts.alternativeNames,
    accountEnabled: true,
  };
}
