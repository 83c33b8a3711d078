import { withoutUndefined } from "@databox-cmk/errors";

import type { Refusal } from "../core/key-vault/refusal.ts";
import type { Vault } from "../core/model.ts";
import type { HttpAnswer } from "../http/message.ts";
import type { Outcome } from "./exchange.ts";

/** Service version that the emulator reports; recorded answers say 1.9.x. */
const SERVICE_VERSION = "1.9.2784.1";

export type AnswerContext = {
  readonly vault: Vault;
  readonly requestId: string;
  /** As the client sent it; the service returns it unasked. */
  readonly clientRequestId: string | undefined;
  readonly clientAddress: string;
  /** `https://login.localhost:8443` */
  readonly authorityUrl: string;
  readonly vaultAudience: string;
};

export function renderOutcome(outcome: Outcome, context: AnswerContext): HttpAnswer {
  switch (outcome.kind) {
    case "done":
      return { status: 200, headers: commonHeaders(context), body: outcome.body };
    case "no-content":
      return { status: 204, headers: commonHeaders(context) };
    case "refused":
      return renderRefusal(outcome.refusal, context);
  }
}

export function renderRefusal(refusal: Refusal, context: AnswerContext): HttpAnswer {
  return {
    status: refusal.status,
    headers: {
      ...commonHeaders(context),
      ...withoutUndefined({
        "www-authenticate": refusal.status === 401 ? renderChallenge(context) : undefined,
        "retry-after": refusal.retryAfterSeconds?.toString(),
      }),
    },
    body: renderErrorBody(refusal),
  };
}

export function renderErrorBody({
  code,
  message,
  innerCode,
}: Pick<Refusal, "code" | "message" | "innerCode">): object {
  return {
    error: { code, message, innererror: innerCode === undefined ? undefined : { code: innerCode } },
  };
}

function renderChallenge({ vault, authorityUrl, vaultAudience }: AnswerContext): string {
  return `Bearer authorization="${authorityUrl}/${vault.access.tenantId}", resource="${vaultAudience}"`;
}

export function commonHeaders({
  vault,
  requestId,
  clientRequestId,
  clientAddress,
}: Pick<AnswerContext, "vault" | "requestId" | "clientRequestId" | "clientAddress">): Record<
  string,
  string
> {
  return {
    "cache-control": "no-cache",
    pragma: "no-cache",
    expires: "-1",
    "strict-transport-security": "max-age=31536000;includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-ms-request-id": requestId,
    ...withoutUndefined({ "x-ms-client-request-id": clientRequestId }),
    "x-ms-keyvault-region": vault.location,
    "x-ms-keyvault-service-version": SERVICE_VERSION,
    "x-ms-keyvault-network-info": `conn_type=Ipv4;addr=${clientAddress};act_addr_fam=InterNetwork;`,
  };
}
