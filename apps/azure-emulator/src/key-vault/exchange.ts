import type { CertificateWithKey } from "@databox-cmk/crypto";

import type { ApiVersion } from "../core/key-vault/api-version.ts";
import type { TokenClaims } from "../core/key-vault/caller.ts";
import { findVersion, type KeyView, newestVersion } from "../core/key-vault/key-view.ts";
import type { OperationName } from "../core/key-vault/operations.ts";
import { type Parsed, parsePayload } from "../core/key-vault/payloads.ts";
import type { Refusal } from "../core/key-vault/refusal.ts";
import type { RenderContext } from "../core/key-vault/render-key.ts";
import type { EpochMs, Key, KeyLifecycle, KeyMaterial, KeyVersion, Vault } from "../core/model.ts";
import { keyRecordKey, materialRecordKey } from "../core/model.ts";
import type { ChooseBehaviour } from "../core/unverified.ts";
import type { Faults } from "../faults/faults.ts";
import type { HttpRequest } from "../http/message.ts";
import type { EmulatorState } from "../state/emulator-state.ts";
import type { Seal } from "../state/seal.ts";

/** One admitted request: the gate has passed, so its guarantees hold. */
export type Exchange = {
  readonly operation: OperationName;
  readonly request: HttpRequest;
  readonly vault: Vault;
  readonly vaultUrl: string;
  readonly apiVersion: ApiVersion;
  readonly caller: TokenClaims;
  readonly keyName: string;
  readonly version: string;
  readonly view: KeyView;
  readonly nowMs: EpochMs;
  readonly choose: ChooseBehaviour;
  readonly state: EmulatorState;
  readonly seal: Seal;
  readonly faults: Faults;
  /** Signs attestations. */
  readonly authority: CertificateWithKey;
};

export type Outcome =
  | { readonly kind: "done"; readonly body: object }
  | { readonly kind: "no-content" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export const done = (body: object): Outcome => ({ kind: "done", body });
export const refuse = (refusal: Refusal): Outcome => ({ kind: "refused", refusal });

/**
 * An operation's reading of a body before the gate: its fault, its key (restore), and the
 * continuation.
 */
export type Prepared = {
  readonly fault: Refusal | undefined;
  readonly keyName?: string;
  /** Whether the body asks for a key in an HSM, whose making has a budget of its own. */
  readonly isHsm?: boolean | undefined;
  run(exchange: Exchange): Promise<Outcome> | Outcome;
};

/** The body as parsed JSON; `undefined` when it is empty, `null` when it is not JSON. */
export type PrepareInput = {
  readonly body: unknown;
  readonly vault: Vault;
  readonly seal: Seal;
  readonly keyName: string;
};
export type OperationHandler = (input: PrepareInput) => Prepared;

type Schema<T> = Parameters<typeof parsePayload<T>>[0];

/** An operation whose body has a schema. */
export function withPayload<T>(
  schema: Schema<T>,
  run: (exchange: Exchange, payload: T) => Promise<Outcome> | Outcome,
  check: (payload: T, input: PrepareInput) => Refusal | undefined = () => undefined,
  isHsm?: (payload: T) => boolean,
): OperationHandler {
  return (input) => {
    const parsed: Parsed<T> = parsePayload(schema, input.body);
    if (parsed.kind === "invalid")
      return { fault: parsed.refusal, run: () => refuse(parsed.refusal) };
    return {
      fault: check(parsed.value, input),
      isHsm: isHsm?.(parsed.value),
      run: (exchange) => run(exchange, parsed.value),
    };
  };
}

/** An operation without a body; one that comes anyway is ignored. */
export function withoutPayload(
  run: (exchange: Exchange) => Promise<Outcome> | Outcome,
): OperationHandler {
  return () => ({ fault: undefined, run });
}

export function renderContext(
  exchange: Pick<Exchange, "vault" | "vaultUrl" | "apiVersion">,
): RenderContext {
  return { vault: exchange.vault, vaultUrl: exchange.vaultUrl, apiVersion: exchange.apiVersion };
}

/** The live key that the gate has checked. */
export function liveKey({ view, operation }: Exchange): Key {
  if (view.kind !== "live") throw new Error(`the gate let ${operation} pass without a live key`);
  return view.key;
}

export function usedVersion(exchange: Exchange): KeyVersion {
  const key = liveKey(exchange);
  return findVersion(key, exchange.version) ?? newestVersion(key);
}

export function deletedKey({ view, operation }: Exchange): {
  key: Key;
  deletion: Extract<KeyLifecycle, { kind: "deleted" }>;
} {
  if (view.kind !== "deleted" || view.key.lifecycle.kind !== "deleted")
    throw new Error(`the gate let ${operation} pass without a deleted key`);
  return { key: view.key, deletion: view.key.lifecycle };
}

export function materialOf(state: EmulatorState, key: Key, version: KeyVersion): KeyMaterial {
  const material = state.get(
    "keyMaterial",
    materialRecordKey(key.vaultName, key.name, version.version),
  );
  if (material === undefined)
    throw new Error(`key ${keyRecordKey(key.vaultName, key.name)} has lost its private half`);
  return material;
}
