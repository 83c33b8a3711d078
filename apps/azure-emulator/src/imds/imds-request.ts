import { isSame, type ManagedIdentity } from "../core/model.ts";

/** A refusal of the metadata service. */
export type ImdsRefusal = {
  readonly kind: "refused";
  readonly status: number;
  readonly error: string;
  readonly description: string;
};

/**
 * The identity that a token request names, as the service reads it: `msi_res_id` on machines,
 * `mi_res_id` on App Service.
 */
export type IdentitySelector =
  | { readonly kind: "default" }
  | { readonly kind: "client-id" | "object-id" | "resource-id"; readonly value: string };

const SELECTORS = [
  ["client_id", "client-id"],
  ["object_id", "object-id"],
  ["principal_id", "object-id"],
  ["msi_res_id", "resource-id"],
  ["mi_res_id", "resource-id"],
] as const;

export function refuse(error: string, description: string): ImdsRefusal {
  return { kind: "refused", status: 400, error, description };
}

export function parseTokenQuery(
  query: ReadonlyMap<string, string>,
): { kind: "parsed"; resource: string; selector: IdentitySelector } | ImdsRefusal {
  if (!query.get("api-version"))
    return refuse("invalid_request", "Required query variable 'api-version' is missing");
  const resource = query.get("resource");
  if (!resource) return refuse("invalid_request", "Required query variable 'resource' is missing");
  const named = SELECTORS.flatMap(([name, kind]) => {
    const value = query.get(name);
    return value ? [{ kind, value }] : [];
  });
  if (named.length > 1)
    return refuse(
      "invalid_request",
      "Only one of client_id, object_id and msi_res_id may be specified",
    );
  return { kind: "parsed", resource, selector: named[0] ?? { kind: "default" } };
}

/**
 * The identity of this machine that a request means. Azure answers 400 `Identity not found` both
 * when the machine has none and when it has others only; of several, a request has to name one.
 */
export function selectIdentity(
  selector: IdentitySelector,
  assigned: readonly ManagedIdentity[],
): ManagedIdentity | ImdsRefusal {
  if (selector.kind === "default" && assigned.length > 1)
    return refuse(
      "invalid_request",
      "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
    );
  const identity = assigned.find((candidate) => matches(selector, candidate));
  return identity ?? refuse("invalid_request", "Identity not found");
}

function matches(selector: IdentitySelector, identity: ManagedIdentity): boolean {
  if (selector.kind === "default") return true;
  const actual = {
    "client-id": identity.clientId,
    "object-id": identity.principalId,
    "resource-id": identity.id,
  }[selector.kind];
  return isSame(actual, selector.value);
}
