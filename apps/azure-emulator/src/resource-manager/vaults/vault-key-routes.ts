import { z } from "zod";

import { wantedShape } from "../../core/key-vault/key-shape.ts";
import { newestVersion, viewKey } from "../../core/key-vault/key-view.ts";
import { newVersion } from "../../core/key-vault/new-version.ts";
import {
  createPayload,
  isKeyName,
  parsePayload,
  rotationPolicyPayload,
} from "../../core/key-vault/payloads.ts";
import { REFUSALS } from "../../core/key-vault/refusal.ts";
import {
  recoveryLevel,
  renderPolicyAttributes,
  renderTrigger,
} from "../../core/key-vault/render-key.ts";
import { toRotationPolicy } from "../../core/key-vault/rotation-policy.ts";
import {
  type Key,
  keyRecordKey,
  type KeyVersion,
  type RotationPolicy,
  type Vault,
} from "../../core/model.ts";
import { chooseBehaviour } from "../../core/unverified.ts";
import type { Endpoints } from "../../dependencies.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { generateKey } from "../../key-vault/key-engine.ts";
import { newVersionId, writeVersion } from "../../key-vault/write-version.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, badRequest, resourceNotFound } from "../arm-error.ts";
import { parseBody, tagsSchema } from "../request-body.ts";
import { requireVault, VAULT_PATH } from "./vault-routes.ts";

const VAULT_KEY_TYPE = "Microsoft.KeyVault/vaults/keys";
const KEYS_PATH = `${VAULT_PATH}/keys`;
const KEY_PATH = `${KEYS_PATH}/{key}`;
const VERSIONS_PATH = `${KEY_PATH}/versions`;

/**
 * Keys as Resource Manager shows and creates them (Bicep, arm-keyvault). It needs no permission of
 * the data plane, and it never changes an existing key.
 */
export const vaultKeyRoutes: readonly ArmRoute[] = [
  row("GET", KEYS_PATH, listKeys),
  row("PUT", KEY_PATH, putKey),
  row("GET", KEY_PATH, getKey),
  row("GET", VERSIONS_PATH, listVersions),
  row("GET", `${VERSIONS_PATH}/{version}`, getVersion),
];

/** Resource Manager has no symmetric keys and none of ML-DSA. */
const ARM_KEY_TYPES = /^(?:RSA|EC)(?:-HSM)?$/;

const bodySchema = z.object({
  tags: tagsSchema.nullish(),
  properties: z.object({
    kty: z.string().max(16).nullish(),
    keyOps: z.array(z.string().max(32)).max(16).nullish(),
    keySize: z.int().nullish(),
    curveName: z.string().max(16).nullish(),
    attributes: z.record(z.string(), z.unknown()).nullish(),
    rotationPolicy: rotationPolicyPayload.nullish(),
  }),
});

async function putKey(context: ArmContext): Promise<HttpAnswer> {
  const { tags, properties } = parseBody(context.request, bodySchema);
  const vault = requireVault(context);
  const name = parameter(context, "key");
  if (!isKeyName(name))
    throw badRequest(`The key name '${name}' is invalid: 1 to 127 letters, digits and hyphens.`);
  const existing = liveKey(vault, name, context);
  if (existing !== undefined) return { status: 200, body: render(vault, existing, context) };
  const payload = parsePayload(createPayload, {
    kty: properties.kty ?? "RSA",
    key_size: properties.keySize,
    crv: properties.curveName,
    key_ops: properties.keyOps,
    attributes: properties.attributes,
    tags,
  });
  if (payload.kind === "invalid") throw badRequest(payload.refusal.message);
  if (!ARM_KEY_TYPES.test(payload.value.kty))
    throw badRequest(`Property 'kty' has an invalid value: ${payload.value.kty}.`);
  if (refusesHsmKeys(vault, context) && payload.value.kty.endsWith("-HSM"))
    throw badRequest(REFUSALS.hardwareKey().message);
  const policy = properties.rotationPolicy
    ? toRotationPolicy(properties.rotationPolicy, undefined, context.deps.now())
    : undefined;
  if (policy !== undefined && "status" in policy) throw badRequest(policy.message);
  const material = await generateKey(wantedShape(payload.value));
  const nowMs = context.deps.now();
  const version = newVersion(
    payload.value,
    payload.value.key_ops,
    { version: newVersionId(), jwk: material.jwk },
    nowMs,
  );
  const key = writeVersion(context.deps.state, { vault, keyName: name, version, material, nowMs });
  if (key === undefined)
    throw new ArmError(
      409,
      "Conflict",
      `Key ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the key can only be recovered or purged.`,
    );
  if (policy === undefined) return { status: 200, body: render(vault, key, context) };
  const policed: Key = { ...key, rotationPolicy: policy };
  context.deps.state.put("key", policed);
  return { status: 200, body: render(vault, policed, context) };
}

function refusesHsmKeys(vault: Vault, context: Pick<ArmContext, "deps">): boolean {
  const choose = chooseBehaviour(context.deps.settings().unverified);
  return vault.sku !== "premium" && choose("hsm-keys-on-standard-vault") === "refuse";
}

function getKey(context: ArmContext): HttpAnswer {
  const vault = requireVault(context);
  return { status: 200, body: render(vault, requireKey(vault, context), context) };
}

function listKeys(context: ArmContext): HttpAnswer {
  const vault = requireVault(context);
  const value = context.deps.state
    .list("key", `${vault.name}/`)
    .filter((key) => viewKey(key, context.deps.now()).kind === "live")
    .map((key) => render(vault, key, context));
  return { status: 200, body: { value } };
}

function listVersions(context: ArmContext): HttpAnswer {
  const vault = requireVault(context);
  const key = requireKey(vault, context);
  const value = key.versions.map((version) =>
    renderVaultKey(vault, key, version, context.deps.endpoints, "version"),
  );
  return { status: 200, body: { value } };
}

function getVersion(context: ArmContext): HttpAnswer {
  const vault = requireVault(context);
  const key = requireKey(vault, context);
  const wanted = parameter(context, "version").toLowerCase();
  const version = key.versions.find((candidate) => candidate.version === wanted);
  if (version === undefined)
    throw resourceNotFound(
      `${VAULT_KEY_TYPE}/versions`,
      `${vault.name}/${key.name}/${wanted}`,
      vault.resourceGroup,
    );
  const body = renderVaultKey(vault, key, version, context.deps.endpoints, "version");
  return { status: 200, body };
}

function requireKey(vault: Vault, context: ArmContext): Key {
  const name = parameter(context, "key");
  const key = liveKey(vault, name, context);
  if (key !== undefined) return key;
  throw resourceNotFound(VAULT_KEY_TYPE, `${vault.name}/${name}`, vault.resourceGroup);
}

function liveKey(vault: Vault, name: string, context: Pick<ArmContext, "deps">): Key | undefined {
  const key = context.deps.state.get("key", keyRecordKey(vault.name, name));
  const view = viewKey(key, context.deps.now());
  return view.kind === "live" ? view.key : undefined;
}

function render(vault: Vault, key: Key, context: Pick<ArmContext, "deps">): object {
  return renderVaultKey(vault, key, newestVersion(key), context.deps.endpoints, "key");
}

/** A key, shown by its newest version, or one version of it. */
function renderVaultKey(
  vault: Vault,
  key: Key,
  version: KeyVersion,
  endpoints: Pick<Endpoints, "vaultSuffix">,
  shownAs: "key" | "version",
): object {
  const id = `${vault.id}/keys/${key.name}`;
  const keyUri = `https://${vault.name}.${endpoints.vaultSuffix}/keys/${key.name}`;
  const { jwk } = version;
  return {
    id: shownAs === "key" ? id : `${id}/versions/${version.version}`,
    name: shownAs === "key" ? key.name : version.version,
    type: shownAs === "key" ? VAULT_KEY_TYPE : `${VAULT_KEY_TYPE}/versions`,
    location: vault.location,
    tags: version.tags,
    properties: {
      attributes: {
        enabled: version.enabled,
        nbf: version.notBeforeSeconds,
        exp: version.expiresSeconds,
        created: Math.floor(version.createdAtMs / 1_000),
        updated: Math.floor(version.updatedAtMs / 1_000),
        recoveryLevel: recoveryLevel(vault),
        exportable: version.exportable,
      },
      kty: jwk.kty,
      keyOps: version.keyOperations,
      keySize: "n" in jwk ? Buffer.from(jwk.n, "base64url").length * 8 : undefined,
      curveName: "crv" in jwk ? jwk.crv : undefined,
      keyUri,
      keyUriWithVersion: `${keyUri}/${version.version}`,
      rotationPolicy: key.rotationPolicy && renderRotationPolicy(key.rotationPolicy),
    },
  };
}

/** Renders it as in the data plane, but for the case of the actions. */
function renderRotationPolicy(policy: RotationPolicy): object {
  return {
    attributes: renderPolicyAttributes(policy),
    lifetimeActions: policy.lifetimeActions.map(({ trigger, action }) => ({
      trigger: renderTrigger(trigger),
      action: { type: action.toLowerCase() },
    })),
  };
}
