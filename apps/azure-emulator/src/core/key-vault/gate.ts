import {
  isSame,
  type EpochMs,
  type RoleAssignment,
  type Vault,
  type VaultAccess,
} from "../model.ts";
import type { ChooseBehaviour } from "../unverified.ts";
import { type ApiVersion, DEFAULT_API_VERSION, isAtLeast } from "./api-version.ts";
import type { TokenClaims, TokenReading } from "./caller.ts";
import { findVersion, type KeyView, newestVersion } from "./key-view.ts";
import { refuseByNetwork } from "./network.ts";
import { type OperationName, operationRow } from "./operations.ts";
import { isKeyName } from "./payloads.ts";
import { hasPolicyPermission, hasRolePermission } from "./permission.ts";
import { REFUSALS, type Refusal } from "./refusal.ts";

const SERVICE_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

/** All facts for the decision about one request. */
export type GateInput = {
  readonly operation: OperationName;
  readonly apiVersion: {
    readonly sent: string | undefined;
    readonly parsed: ApiVersion | undefined;
  };
  readonly token: TokenReading;
  readonly expectedAudience: string;
  /** Issuer of the cloud's tokens, without the tenant. */
  readonly tokenIssuerUrl: string;
  readonly vault: Vault;
  /** Without a slash at the end. */
  readonly vaultUrl: string;
  /** The access that has propagated to the data plane. */
  readonly access: VaultAccess;
  readonly assignments: readonly RoleAssignment[];
  readonly clientAddress: string;
  readonly trustedService: boolean;
  readonly readOnly: boolean;
  readonly keyName: string;
  /** Empty: the newest. */
  readonly version: string;
  readonly view: KeyView;
  /** The fault of the body, if any; reported last. */
  readonly payloadFault: Refusal | undefined;
  /** The emulator's clock. */
  readonly nowMs: EpochMs;
  /** The clock by which tokens are judged. */
  readonly systemNowMs: EpochMs;
  readonly choose: ChooseBehaviour;
};

type Stage = {
  readonly name: string;
  readonly refuse: (input: GateInput, caller: TokenClaims) => Refusal | undefined;
};

const PERMISSION: Stage = { name: "permission", refuse: refuseByPermission };
const EXISTENCE: Stage = { name: "existence", refuse: refuseByExistence };

/** The documented order, after the token. Each stage presupposes the earlier ones. */
const GATE: readonly Stage[] = [
  { name: "network", refuse: (input, caller) => refuseByNetwork({ ...input, caller }) },
  { name: "api-version", refuse: refuseByApiVersion },
  { name: "name", refuse: refuseByName },
  PERMISSION,
  {
    name: "region",
    refuse: (input) =>
      input.readOnly && operationRow(input.operation).writes
        ? REFUSALS.readOnlyRegion(input.vault)
        : undefined,
  },
  EXISTENCE,
  { name: "enabled", refuse: refuseDisabled },
  { name: "validity", refuse: refuseOutsideValidity },
  { name: "key_ops", refuse: refuseByKeyOperations },
  { name: "payload", refuse: (input) => input.payloadFault },
];
const GATE_EXISTENCE_FIRST = GATE.flatMap((stage) =>
  stage === PERMISSION ? [EXISTENCE, PERMISSION] : stage === EXISTENCE ? [] : [stage],
);

export type GateDecision =
  | { readonly kind: "allowed"; readonly caller: TokenClaims }
  | { readonly kind: "refused"; readonly stage: string; readonly refusal: Refusal };

/** Whether this request may be carried out. The first stage that objects answers. */
export function decideRequest(input: GateInput): GateDecision {
  const token = judgeToken(input);
  if (token.kind === "refused") return token;
  const stages =
    input.choose("permission-or-existence-first") === "permission" ? GATE : GATE_EXISTENCE_FIRST;
  for (const stage of stages) {
    const refusal = stage.refuse(input, token.caller);
    if (refusal !== undefined) return { kind: "refused", stage: stage.name, refusal };
  }
  return token;
}

function refused(refusal: Refusal): GateDecision {
  return { kind: "refused", stage: "token", refusal };
}

function judgeToken(
  input: Pick<
    GateInput,
    "token" | "tokenIssuerUrl" | "access" | "systemNowMs" | "expectedAudience"
  >,
): GateDecision {
  const { token } = input;
  switch (token.kind) {
    case "missing":
      return refused(REFUSALS.missingToken());
    case "unresolvable":
      return refused(REFUSALS.unresolvableSigningKey(token.encodedHeader));
    case "signed": {
      const { claims } = token;
      const issuer = `${input.tokenIssuerUrl}/${input.access.tenantId}/`;
      const nowSeconds = input.systemNowMs / 1000;
      if (claims.expiresSeconds <= nowSeconds) return refused(REFUSALS.expiredToken());
      if (claims.notBeforeSeconds > nowSeconds) return refused(REFUSALS.tokenNotYetValid());
      if (claims.audience.replace(/\/$/u, "") !== input.expectedAudience)
        return refused(REFUSALS.invalidAudience(input.expectedAudience, claims.audience));
      if (!isSame(claims.issuer, issuer))
        return refused(REFUSALS.invalidIssuer([issuer], claims.issuer));
      return { kind: "allowed", caller: claims };
    }
  }
}

function refuseByApiVersion({ apiVersion, operation, choose }: GateInput): Refusal | undefined {
  if (choose("unknown-api-version") === "accept") return undefined;
  const { sent, parsed } = apiVersion;
  if (sent === undefined) return REFUSALS.missingApiVersion();
  if (parsed === undefined) return REFUSALS.unknownApiVersion(sent, DEFAULT_API_VERSION);
  return isAtLeast(parsed, operationRow(operation).since)
    ? undefined
    : REFUSALS.tooOldApiVersion(sent);
}

function refuseByName({ operation, keyName }: GateInput): Refusal | undefined {
  const isNamed = operationRow(operation).path.includes("{name}");
  return isNamed && !isKeyName(keyName) ? REFUSALS.invalidName(keyName) : undefined;
}

function refuseByPermission(
  input: Pick<GateInput, "operation" | "access" | "vault" | "choose" | "assignments" | "keyName">,
  caller: TokenClaims,
): Refusal | undefined {
  const { permission, dataAction } = operationRow(input.operation);
  if (permission === undefined || dataAction === undefined) return undefined;
  if (!input.access.rbacAuthorization) {
    return hasPolicyPermission(input.access, caller, permission)
      ? undefined
      : REFUSALS.missingPolicy(input.vault, caller, permission);
  }
  const readsDeleted = input.operation === "getDeleted" || input.operation === "listDeletedKeys";
  const ignoresServiceUser =
    readsDeleted && input.choose("service-encryption-user-reads-deleted-keys") === "no";
  const granted = hasRolePermission({
    assignments: input.assignments,
    vault: input.vault,
    keyName: input.keyName === "" ? undefined : input.keyName,
    caller,
    dataAction,
    ignoredRole: ignoresServiceUser ? SERVICE_ENCRYPTION_USER : undefined,
  });
  return granted ? undefined : REFUSALS.missingRole(input.vault, caller, dataAction);
}

function refuseByExistence(input: GateInput): Refusal | undefined {
  const { operation, view, keyName, version } = input;
  switch (operationRow(operation).presence) {
    case "none":
      return undefined;
    case "usable":
      if (view.kind === "being-recovered" && operation === "delete")
        return REFUSALS.beingRecovered(keyName);
      if (view.kind !== "live")
        return REFUSALS.keyNotFound(version === "" ? keyName : `${keyName}/${version}`);
      return findVersion(view.key, version) === undefined
        ? REFUSALS.keyNotFound(`${keyName}/${version}`)
        : undefined;
    case "free":
      return refuseTakenName(view, keyName);
    case "absent":
      return view.kind === "live"
        ? REFUSALS.nameTaken(
            `${input.vaultUrl}/keys/${view.key.name}/${newestVersion(view.key).version}`,
          )
        : refuseTakenName(view, keyName);
    case "deleted":
      if (view.kind === "deleted") return undefined;
      if (operation === "getDeleted") return REFUSALS.deletedKeyNotFound(keyName);
      if (view.kind === "being-deleted")
        return operation === "purge" ? REFUSALS.purgedTooEarly() : REFUSALS.beingDeleted(keyName);
      if (view.kind === "being-recovered") return REFUSALS.beingRecovered(keyName);
      return operation === "recover"
        ? REFUSALS.keyNotFound(keyName)
        : REFUSALS.deletedKeyNotFound(keyName);
  }
}

function refuseTakenName(view: KeyView, keyName: string): Refusal | undefined {
  switch (view.kind) {
    case "being-deleted":
      return REFUSALS.beingDeleted(keyName);
    case "being-recovered":
      return REFUSALS.beingRecovered(keyName);
    case "deleted":
      return REFUSALS.deletedButRecoverable(keyName);
    case "absent":
    case "live":
      return undefined;
  }
}

function usedVersion({ view, version }: GateInput) {
  return view.kind === "live" ? findVersion(view.key, version) : undefined;
}

function refuseDisabled(input: GateInput): Refusal | undefined {
  const { use } = operationRow(input.operation);
  if (use === undefined || usedVersion(input)?.enabled !== false) return undefined;
  if (use.publicHalf && input.choose("disabled-key-public-operations") === "allow")
    return undefined;
  return REFUSALS.keyDisabled(input.operation);
}

function refuseOutsideValidity(input: GateInput): Refusal | undefined {
  const { use } = operationRow(input.operation);
  const version = usedVersion(input);
  if (use === undefined || version === undefined || use.outsideValidity) return undefined;
  const nowSeconds = input.nowMs / 1000;
  const leewaySeconds = Number(input.choose("validity-leeway-seconds"));
  const innerCode = input.choose("outside-validity-inner-code");
  if (
    version.expiresSeconds !== undefined &&
    version.expiresSeconds + leewaySeconds <= nowSeconds
  ) {
    return REFUSALS.outsideValidity(input.operation, "expired", innerCode);
  }
  if (
    version.notBeforeSeconds !== undefined &&
    version.notBeforeSeconds - leewaySeconds > nowSeconds
  ) {
    return REFUSALS.outsideValidity(input.operation, "not-yet-valid", innerCode);
  }
  return undefined;
}

function refuseByKeyOperations(input: GateInput): Refusal | undefined {
  const { use } = operationRow(input.operation);
  const version = usedVersion(input);
  if (
    use === undefined ||
    version === undefined ||
    use.keyOperation === undefined ||
    version.keyOperations.includes(use.keyOperation)
  )
    return undefined;
  return REFUSALS.operationNotPermitted(input.operation);
}
