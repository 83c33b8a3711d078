import type { EpochMs, KeyVersion, PublicJwk, ReleasePolicy } from "../model.ts";
import type { CreatePayload, ImportPayload, UpdatePayload } from "./payloads.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";

const RSA_OPERATIONS = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"] as const;
const SYMMETRIC_OPERATIONS = ["encrypt", "decrypt", "wrapKey", "unwrapKey"] as const;
const SIGNING_OPERATIONS = ["sign", "verify"] as const;
const RELEASE_POLICY_CONTENT_TYPE = "application/json; charset=utf-8";

/**
 * The metadata of a new version, for create and import. Validity in the past is accepted, as by the
 * service.
 */
export function newVersion(
  payload: Pick<CreatePayload | ImportPayload, "attributes" | "tags" | "release_policy">,
  keyOperations: readonly string[] | null | undefined,
  material: { readonly version: string; readonly jwk: PublicJwk },
  nowMs: EpochMs,
): KeyVersion {
  const { attributes, tags } = payload;
  const releasePolicy = toReleasePolicy(payload.release_policy);
  return {
    ...material,
    keyOperations:
      keyOperations === null || keyOperations === undefined || keyOperations.length === 0
        ? usualOperations(material.jwk)
        : keyOperations,
    enabled: attributes?.enabled ?? true,
    notBeforeSeconds: attributes?.nbf ?? undefined,
    expiresSeconds: attributes?.exp ?? undefined,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    exportable: attributes?.exportable ?? false,
    externalKeyId: attributes?.external_key?.id,
    tags: tags ?? undefined,
    releasePolicy,
  };
}

function usualOperations({ kty }: PublicJwk): readonly string[] {
  if (kty === "oct-HSM") return SYMMETRIC_OPERATIONS;
  return kty === "RSA" || kty === "RSA-HSM" ? RSA_OPERATIONS : SIGNING_OPERATIONS;
}

/** PATCH: absent members stay; tags and key_ops are replaced as a whole. */
export function updatedVersion(
  version: KeyVersion,
  payload: UpdatePayload,
  nowMs: EpochMs,
): KeyVersion {
  const { attributes, tags, key_ops: keyOperations } = payload;
  const releasePolicy = toReleasePolicy(payload.release_policy);
  return {
    ...version,
    keyOperations: keyOperations ?? version.keyOperations,
    enabled: attributes?.enabled ?? version.enabled,
    notBeforeSeconds: attributes?.nbf ?? version.notBeforeSeconds,
    expiresSeconds: attributes?.exp ?? version.expiresSeconds,
    tags: tags ?? version.tags,
    releasePolicy: releasePolicy ?? version.releasePolicy,
    updatedAtMs: nowMs,
  };
}

/** A key can be exported only under a release policy, and an immutable policy stays. */
export function refuseRelease(
  payload: Pick<CreatePayload | UpdatePayload, "attributes" | "release_policy">,
  current: KeyVersion | undefined,
): Refusal | undefined {
  if (payload.release_policy && current?.releasePolicy?.immutable === true) {
    return REFUSALS.immutablePolicy();
  }
  const exportable = payload.attributes?.exportable ?? current?.exportable ?? false;
  const hasPolicy = Boolean(payload.release_policy ?? current?.releasePolicy);
  if (exportable && !hasPolicy) return REFUSALS.exportableWithoutPolicy();
  if (!exportable && payload.release_policy) return REFUSALS.policyOfNonExportable();
  return undefined;
}

function toReleasePolicy(policy: CreatePayload["release_policy"]): ReleasePolicy | undefined {
  if (!policy) return undefined;
  return {
    contentType: policy.contentType || RELEASE_POLICY_CONTENT_TYPE,
    immutable: policy.immutable ?? false,
    data: policy.data,
  };
}
