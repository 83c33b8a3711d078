/** The claims of an access token that Key Vault reads, after its signature was checked. */
export type TokenClaims = {
  readonly audience: string;
  readonly issuer: string;
  readonly expiresSeconds: number;
  readonly notBeforeSeconds: number;
  readonly applicationId: string;
  readonly objectId: string;
  readonly tenantId: string;
  /** Present on users' tokens. */
  readonly groups?: number | undefined;
  /** Resource id of the managed identity. */
  readonly managedIdentityResourceId?: string | undefined;
};

export type TokenReading =
  | { readonly kind: "missing" }
  | { readonly kind: "unresolvable"; readonly encodedHeader: string }
  | { readonly kind: "signed"; readonly claims: TokenClaims };

/** How the service names a caller in its refusals. */
export function describeCaller(
  claims: TokenClaims,
  style: "short" | "policy" | "connection" = "short",
): string {
  const groups =
    style === "policy" && claims.groups !== undefined ? [`numgroups=${claims.groups}`] : [];
  const identity =
    style === "connection" && claims.managedIdentityResourceId !== undefined
      ? [
          `xms_mirid=${claims.managedIdentityResourceId}`,
          `xms_az_rid=${claims.managedIdentityResourceId}`,
        ]
      : [];
  return [
    `appid=${claims.applicationId}`,
    `oid=${claims.objectId}`,
    ...groups,
    `iss=${claims.issuer}`,
    ...identity,
  ].join(";");
}
