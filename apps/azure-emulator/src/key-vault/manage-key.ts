import { type JsonWebKey, createPrivateKey, sign } from "node:crypto";

import type { CertificateWithKey } from "@databox-cmk/crypto";

import { isAtLeast } from "../core/key-vault/api-version.ts";
import { wantedShape } from "../core/key-vault/key-shape.ts";
import { replaceVersion, newestVersion } from "../core/key-vault/key-view.ts";
import { newVersion, refuseRelease, updatedVersion } from "../core/key-vault/new-version.ts";
import {
  createPayload,
  type CreatePayload,
  importPayload,
  type ImportPayload,
  updatePayload,
  type UpdatePayload,
} from "../core/key-vault/payloads.ts";
import { REFUSALS, type Refusal } from "../core/key-vault/refusal.ts";
import {
  renderDeletion,
  renderKeyBundle,
  retentionMs,
  keyId,
} from "../core/key-vault/render-key.ts";
import type { Key, KeyType } from "../core/model.ts";
import { purgeKey } from "../state/purge.ts";
import {
  done,
  type Exchange,
  liveKey,
  type Outcome,
  refuse,
  renderContext,
  usedVersion,
  withoutPayload,
  withPayload,
  deletedKey,
} from "./exchange.ts";
import { generateKey, hasMlDsa, importKey, importSymmetricKey } from "./key-engine.ts";
import { type NewMaterial, newVersionId, writeVersion } from "./write-version.ts";

export const getOperation = withoutPayload((exchange) =>
  done(renderKeyBundle(renderContext(exchange), liveKey(exchange), usedVersion(exchange))),
);

export const createOperation = withPayload(
  createPayload,
  async (exchange, payload) => {
    const refusal =
      refuseHsm(exchange, payload.kty) ??
      refuseMlDsa(exchange, payload) ??
      refuseExportable(exchange, payload.kty, payload);
    if (refusal !== undefined) return refuse(refusal);
    return addVersion(exchange, payload, payload.key_ops, await generateKey(wantedShape(payload)));
  },
  (payload) => refuseRelease(payload, undefined),
  ({ kty }) => kty.endsWith("-HSM"),
);

export const importOperation = withPayload(
  importPayload,
  (exchange, payload) => {
    const kty = importedType(payload);
    const refusal = refuseHsm(exchange, kty) ?? refuseExportable(exchange, kty, payload);
    if (refusal !== undefined) return refuse(refusal);
    const material =
      kty === "oct-HSM"
        ? importSymmetricKey(Buffer.from(payload.key.k ?? "", "base64url"))
        : importKey(toJwk(payload.key), kty);
    if (material === undefined) {
      return refuse(
        REFUSALS.badParameter(
          "Property 'key' is not a complete private key of a supported size: RSA 2048, 3072 or 4096, EC with crv, x, y and d, or oct-HSM 128, 192 or 256.",
        ),
      );
    }
    return addVersion(exchange, payload, payload.key.key_ops, material);
  },
  (payload) => refuseRelease(payload, undefined),
  (payload) => importedType(payload).endsWith("-HSM"),
);

export const updateOperation = withPayload(updatePayload, (exchange, payload) => {
  const refusal = refuseRelease(payload, usedVersion(exchange));
  if (refusal !== undefined) return refuse(refusal);
  const changed = updatedVersion(usedVersion(exchange), withOwnText(payload), exchange.nowMs);
  const key = replaceVersion(liveKey(exchange), changed);
  exchange.state.put("key", key);
  return done(renderKeyBundle(renderContext(exchange), key, changed));
});

export const deleteOperation = withoutPayload((exchange) => {
  const { state, vault, nowMs } = exchange;
  const key = liveKey(exchange);
  const bundle = renderKeyBundle(renderContext(exchange), key, usedVersion(exchange));
  if (!vault.softDeleteEnabled) {
    purgeKey(state, vault.name, key.name);
    return done(bundle);
  }
  const lifecycle = {
    kind: "deleted",
    deletedAtMs: nowMs,
    visibleAtMs: nowMs + exchange.faults.visibilityDelayMs(vault.name),
    scheduledPurgeAtMs: nowMs + retentionMs(vault),
  } as const;
  const deleted: Key = { ...key, lifecycle };
  state.put("key", deleted);
  return done({ ...renderDeletion(renderContext(exchange), deleted, lifecycle), ...bundle });
});

function addVersion(
  exchange: Exchange,
  payload: CreatePayload | ImportPayload,
  keyOperations: readonly string[] | null | undefined,
  material: NewMaterial,
): Outcome {
  const version = newVersion(
    withOwnText(payload),
    keyOperations,
    { version: newVersionId(), jwk: material.jwk },
    exchange.nowMs,
  );
  const key = writeVersion(exchange.state, { ...exchange, version, material });
  if (key === undefined) return refuse(REFUSALS.beingDeleted(exchange.keyName));
  return done(renderKeyBundle(renderContext(exchange), key, version));
}

/**
 * The service keeps its own text of a release policy: the version first, no white space, and each
 * value as text (recordings of the SDKs). Data that is not JSON stays.
 */
function withOwnText<Payload extends Pick<UpdatePayload, "release_policy">>(
  payload: Payload,
): Payload {
  const { release_policy: policy } = payload;
  if (!policy) return payload;
  try {
    const { version, ...rest }: Record<string, unknown> = JSON.parse(
      Buffer.from(policy.data, "base64url").toString(),
      (name, value: unknown) =>
        name === "equals" && typeof value === "boolean" ? String(value) : value,
    );
    const data = Buffer.from(JSON.stringify({ version, ...rest })).toString("base64url");
    return { ...payload, release_policy: { ...policy, data } };
  } catch {
    return payload;
  }
}

function refuseHsm({ vault, choose }: Exchange, kty: KeyType): Refusal | undefined {
  const isAccepted =
    vault.sku === "premium" ||
    !kty.endsWith("-HSM") ||
    choose("hsm-keys-on-standard-vault") === "accept";
  return isAccepted ? undefined : REFUSALS.hardwareKey();
}

/** Only keys of an HSM leave a vault, and only a premium vault has one. */
function refuseExportable(
  { vault, apiVersion }: Exchange,
  kty: KeyType,
  { attributes }: Pick<CreatePayload, "attributes">,
): Refusal | undefined {
  if (attributes?.exportable !== true) return undefined;
  if (vault.sku !== "premium" || !isAtLeast(apiVersion, "7.3-preview"))
    return REFUSALS.exportableUnsupported();
  return kty.endsWith("-HSM") ? undefined : REFUSALS.exportableSoftwareKey();
}

/** Keys of ML-DSA are there since the preview that added them. */
function refuseMlDsa({ apiVersion }: Exchange, { kty }: CreatePayload): Refusal | undefined {
  if (!kty.startsWith("AKP")) return undefined;
  const missing = !isAtLeast(apiVersion, "2026-05-01-preview")
    ? "a newer api-version"
    : hasMlDsa()
      ? undefined
      : "Node 24.6 or newer under this emulator";
  return missing === undefined
    ? undefined
    : REFUSALS.badParameter(`Property 'kty' has an invalid value: ${kty} needs ${missing}.\r\n`);
}

function importedType({ key, Hsm }: ImportPayload): KeyType {
  if (Hsm !== true || key.kty === "oct-HSM") return key.kty;
  return key.kty === "RSA" || key.kty === "RSA-HSM" ? "RSA-HSM" : "EC-HSM";
}

function toJwk({ kty, crv, n, e, d, p, q, dp, dq, qi, x, y }: ImportPayload["key"]): JsonWebKey {
  const parts = kty.startsWith("RSA")
    ? { kty: "RSA", n, e, d, p, q, dp, dq, qi }
    : { kty: "EC", crv: crv === "P-256K" ? "secp256k1" : crv, x, y, d };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => typeof value === "string"));
}

export const getDeletedOperation = withoutPayload((exchange) => {
  const { key, deletion } = deletedKey(exchange);
  const context = renderContext(exchange);
  return done({
    ...renderDeletion(context, key, deletion),
    ...renderKeyBundle(context, key, newestVersion(key)),
  });
});

export const recoverOperation = withoutPayload((exchange) => {
  const { key } = deletedKey(exchange);
  const visibleAtMs = exchange.nowMs + exchange.faults.visibilityDelayMs(exchange.vault.name);
  const recovered: Key = { ...key, lifecycle: { kind: "recovered", visibleAtMs } };
  exchange.state.put("key", recovered);
  return done(renderKeyBundle(renderContext(exchange), recovered, newestVersion(recovered)));
});

export const purgeOperation = withoutPayload((exchange) => {
  const { vault, state, choose } = exchange;
  const { key } = deletedKey(exchange);
  if (vault.purgeProtectionEnabled)
    return refuse(REFUSALS.purgeProtected(Number(choose("purge-protection-status")), vault));
  purgeKey(state, vault.name, key.name);
  return { kind: "no-content" };
});

/**
 * The key with its attestation, which only keys of an HSM have. The format inside is the HSM
 * maker's and not documented. Here it is a compact JWS (RFC 7515 §7.1) of the emulator's authority,
 * which cannot be mistaken for the proof of a real HSM.
 */
export const attestOperation = withoutPayload((exchange) => {
  const key = liveKey(exchange);
  const version = usedVersion(exchange);
  const { kty } = version.jwk;
  if (!kty.endsWith("-HSM"))
    return refuse(REFUSALS.badParameter(`Keys of type '${kty}' have no attestation.`));
  const context = renderContext(exchange);
  const statement = (half: "private" | "public") =>
    attest(exchange.authority, { kid: keyId(context, key, version), kty, half });
  const attestation = {
    certificatePemFile: Buffer.from(exchange.authority.certificatePem).toString("base64url"),
    privateKeyAttestation: statement("private"),
    publicKeyAttestation: kty === "oct-HSM" ? undefined : statement("public"),
    version: "1.0",
  };
  return done(renderKeyBundle(context, key, version, { attestation }));
});

/** @returns the bytes of the statement in base64url, as the member has them */
function attest({ privateKeyPem }: CertificateWithKey, claims: object): string {
  const key = createPrivateKey(privateKeyPem);
  const alg = key.asymmetricKeyType === "rsa" ? "RS256" : "ES256";
  const signed = [{ alg, typ: "databox-emulated-attestation" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return Buffer.from(`${signed}.${signature.toString("base64url")}`).toString("base64url");
}
