import type { TokenReading } from "../core/key-vault/caller.ts";
import type { OperationName } from "../core/key-vault/operations.ts";
import type { AuditRecord, Vault } from "../core/model.ts";
import type { HttpAnswer, HttpRequest } from "../http/message.ts";

/** All vaults share this number of events; the older half is dropped. */
const RECORDS_MAXIMUM = 20_000;

/** Operations that the log does not name by their own name after `Key`. */
const NAMES: Partial<Record<OperationName, string>> = {
  listKeys: "List",
  listDeletedKeys: "ListDeleted",
  wrapKey: "Wrap",
  unwrapKey: "Unwrap",
};

/** Writes one request into the vaults' log. */
export function noteAuditEvent(
  log: AuditRecord[],
  { vault, operation }: { readonly vault: Vault; readonly operation: OperationName },
  request: HttpRequest,
  { status }: HttpAnswer,
  facts: {
    readonly token: TokenReading;
    readonly atMs: number;
    readonly durationMs: number;
    readonly callerAddress: string;
  },
): void {
  const claims = facts.token.kind === "signed" ? facts.token.claims : undefined;
  const name = NAMES[operation] ?? operation.charAt(0).toUpperCase() + operation.slice(1);
  const origin = `https://${request.headers.host ?? request.host}`;
  if (log.length >= RECORDS_MAXIMUM) log.splice(0, RECORDS_MAXIMUM / 2);
  log.push({
    time: new Date(facts.atMs).toISOString(),
    category: "AuditEvent",
    operationName: status === 401 ? "Authentication" : `Key${name}`,
    operationVersion: request.query.get("api-version") ?? "",
    resultType: status < 400 ? "Success" : "Failed",
    resultSignature: status === 200 ? "OK" : String(status),
    resultDescription: "",
    durationMs: String(facts.durationMs),
    callerIpAddress: facts.callerAddress,
    correlationId: request.headers["x-ms-client-request-id"]?.toString() ?? request.requestId,
    identity: {
      claim: claims && {
        "http://schemas.microsoft.com/identity/claims/objectidentifier": claims.objectId,
        appid: claims.applicationId,
      },
    },
    properties: {
      clientInfo: request.headers["user-agent"] ?? "",
      id: `${origin}${request.path}`,
      requestUri: `${origin}${request.target}`,
      httpStatusCode: status,
    },
    resourceId: vault.id.toUpperCase(),
  });
}
