import type { CertificateWithKey } from "@databox-cmk/crypto";

import { effectiveAccess, isEffective } from "../core/access-history.ts";
import { DEFAULT_API_VERSION, parseApiVersion } from "../core/key-vault/api-version.ts";
import { decideRequest } from "../core/key-vault/gate.ts";
import { viewKey } from "../core/key-vault/key-view.ts";
import { OPERATION_NAMES, type OperationName, operationRow } from "../core/key-vault/operations.ts";
import { REFUSALS } from "../core/key-vault/refusal.ts";
import { keyRecordKey, type Vault } from "../core/model.ts";
import { chooseBehaviour } from "../core/unverified.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { answerWithFaults } from "../faults/answer-with-faults.ts";
import { clientAddress } from "../http/client-address.ts";
import { readJsonBody } from "../http/json-body.ts";
import { type HttpAnswer, type HttpHandler, type HttpRequest, NO_ANSWER } from "../http/message.ts";
import { createRouteMatcher, type RouteParameters } from "../http/route-table.ts";
import { purgeVaultIfDue } from "../state/purge.ts";
import type { Seal } from "../state/seal.ts";
import type { Prepared } from "./exchange.ts";
import { noteAuditEvent } from "./note-audit-event.ts";
import { OPERATION_HANDLERS } from "./operation-handlers.ts";
import { methodOf, pathOf } from "./read-target.ts";
import {
  type AnswerContext,
  commonHeaders,
  renderErrorBody,
  renderOutcome,
  renderRefusal,
} from "./render-answer.ts";
import { mayNeedSettling, settleKey } from "./rotate-key.ts";
import { createThrottle } from "./throttle.ts";
import { createTokenReader } from "./token-reading.ts";

type Found = { readonly operation: OperationName; readonly parameters: RouteParameters };
type KeyVaultDependencies = Pick<
  EmulatorDependencies,
  "state" | "now" | "systemNow" | "settings" | "issuerKeys" | "endpoints" | "faults" | "auditLog"
> & { readonly seal: Seal; readonly authority: CertificateWithKey };

const ROUTES = OPERATION_NAMES.map((operation) => {
  const { method, path } = operationRow(operation);
  return { method, path, operation };
});

/**
 * Serves `{vault}.vault.localhost`. The host of a vault that does not exist does not answer at all.
 */
export function createKeyVaultHandler(dependencies: KeyVaultDependencies): HttpHandler {
  const { state, now, systemNow, faults, endpoints, auditLog } = dependencies;
  const readToken = createTokenReader(dependencies.issuerKeys);
  const match = createRouteMatcher(ROUTES);
  const carryOut = createCarryOut(dependencies, readToken);

  return async (request) => {
    const name = request.host.endsWith(`.${endpoints.vaultDomain}`)
      ? request.host.slice(0, -endpoints.vaultDomain.length - 1)
      : "";
    purgeVaultIfDue(state, name, now());
    const vault = state.get("vault", name);
    if (vault === undefined) return NO_ANSWER;
    const context: AnswerContext = {
      vault,
      requestId: request.requestId,
      clientRequestId: request.headers["x-ms-client-request-id"]?.toString(),
      clientAddress: clientAddress(request, dependencies.settings()),
      ...endpoints,
    };
    if (vault.deletion !== undefined) return answerSoftDeleted(context, dependencies);
    const found = match(methodOf(request), pathOf(request));
    if (found.kind !== "found") return answerNoRoute(found, request, context);
    const { operation } = found.route;
    const atMs = systemNow();
    const answer = await answerWithFaults(
      faults.strike({
        service: "key-vault",
        operation,
        vault: vault.name,
        isPreliminary: request.headers.authorization === undefined,
      }),
      (effect) => ({
        headers: commonHeaders(context),
        body: renderErrorBody({
          code: effect.code ?? (effect.status === 429 ? "Throttled" : "InternalServerError"),
          message:
            effect.message ??
            (effect.status === 429
              ? "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached"
              : "An error occurred while processing the request."),
          innerCode: effect.innerCode,
        }),
      }),
      () => carryOut(request, vault, { operation, parameters: found.parameters }, context),
    );
    if (answer === NO_ANSWER) return answer;
    noteAuditEvent(auditLog, { vault, operation }, request, answer, {
      token: readToken(request.headers.authorization),
      atMs,
      durationMs: systemNow() - atMs,
      callerAddress: context.clientAddress,
    });
    return answer;
  };
}

/** One routed request: gather the gate's facts, ask it, spend the budget, act. */
function createCarryOut(
  dependencies: KeyVaultDependencies,
  readToken: ReturnType<typeof createTokenReader>,
) {
  const { state, now, systemNow, settings, faults, endpoints, seal, authority } = dependencies;
  const throttle = createThrottle();

  return async (
    request: HttpRequest,
    vault: Vault,
    { operation, parameters }: Found,
    context: AnswerContext,
  ): Promise<HttpAnswer> => {
    const choose = chooseBehaviour(settings().unverified);
    const sentVersion = request.query.get("api-version");
    const apiVersion = parseApiVersion(sentVersion);
    const prepared = prepare(operation, request, vault, parameters, seal);
    const keyName = prepared.keyName ?? parameters["name"] ?? "";
    const version = parameters["version"] ?? "";
    const recordKey = keyRecordKey(vault.name, keyName);
    const vaultUrl = `https://${vault.name.toLowerCase()}.${endpoints.vaultSuffix}`;
    const nowMs = now();
    if (operation === "listKeys" || operation === "listDeletedKeys")
      await settleAll(dependencies, vault, nowMs);
    else if (mayNeedSettling(state.get("key", recordKey)))
      await settleKey(state, vault, keyName, nowMs);
    const view = viewKey(state.get("key", recordKey), nowMs);
    const token = readToken(request.headers.authorization);
    const delayMs = faults.accessPropagationDelayMs(vault.name);
    const access = effectiveAccess(vault, nowMs, delayMs);
    const decision = decideRequest({
      operation,
      apiVersion: { sent: sentVersion, parsed: apiVersion },
      token,
      expectedAudience: endpoints.vaultAudience,
      tokenIssuerUrl: endpoints.cloud.tokenIssuerUrl,
      vault,
      vaultUrl,
      access,
      assignments: access.rbacAuthorization
        ? state
            .list("roleAssignment")
            .filter((assignment) => isEffective(assignment, nowMs, delayMs))
        : [],
      clientAddress: context.clientAddress,
      trustedService:
        token.kind === "signed" &&
        state.get("application", token.claims.applicationId)?.trustedService === true,
      readOnly: faults.isReadOnly(vault.name),
      keyName,
      version,
      view,
      payloadFault: prepared.fault,
      nowMs,
      systemNowMs: systemNow(),
      choose,
    });
    if (decision.kind === "refused") return renderRefusal(decision.refusal, context);
    const key = view.kind === "absent" ? undefined : view.key;
    const throttled = settings().throttling
      ? throttle({ vault, operation, key, isHsm: prepared.isHsm, choose, nowMs: systemNow() })
      : undefined;
    if (throttled !== undefined) return renderRefusal(throttled, context);
    const outcome = await prepared.run({
      operation,
      request,
      vault,
      vaultUrl,
      apiVersion: apiVersion ?? DEFAULT_API_VERSION,
      caller: decision.caller,
      keyName,
      version,
      view,
      nowMs,
      choose,
      state,
      seal,
      faults,
      authority,
    });
    return renderOutcome(outcome, context);
  };
}

function prepare(
  operation: OperationName,
  request: HttpRequest,
  vault: Vault,
  parameters: RouteParameters,
  seal: Seal,
): Prepared {
  const body = readJsonBody(request);
  return OPERATION_HANDLERS[operation]({
    body: body.kind === "json" ? body.value : undefined,
    vault,
    seal,
    keyName: parameters["name"] ?? "",
  });
}

async function settleAll(
  { state }: KeyVaultDependencies,
  vault: Vault,
  nowMs: number,
): Promise<void> {
  const due = state.list("key", `${vault.name}/`).filter(mayNeedSettling);
  await Promise.all(due.map((key) => settleKey(state, vault, key.name, nowMs)));
}

function answerSoftDeleted(context: AnswerContext, { settings }: KeyVaultDependencies): HttpAnswer {
  if (chooseBehaviour(settings().unverified)("soft-deleted-vault-host") === "refuse-connection")
    return NO_ANSWER;
  return renderRefusal(
    {
      status: 403,
      code: "Forbidden",
      innerCode: "VaultIsSoftDeleted",
      message: `The vault ${context.vault.name} is in a deleted but recoverable state.`,
    },
    context,
  );
}

function answerNoRoute(
  found: Exclude<ReturnType<ReturnType<typeof createRouteMatcher>>, { kind: "found" }>,
  request: HttpRequest,
  context: AnswerContext,
): HttpAnswer {
  return found.kind === "wrong-method"
    ? renderRefusal(
        {
          status: 405,
          code: "MethodNotAllowed",
          message: `Method ${request.method} is not allowed here; allowed: ${found.allowed.join(", ")}.`,
        },
        context,
      )
    : renderRefusal(
        /^\/keys\/\/./u.test(request.path) && request.method === "POST"
          ? REFUSALS.badParameter("Operation not specified")
          : { status: 404, code: "NotFound", message: "The keys data plane has no such path." },
        context,
      );
}
