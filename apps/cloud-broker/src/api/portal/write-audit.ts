import type { AppendAudit } from "../../audit/append-audit.ts";
import type { SessionRequest } from "../../http/route.ts";
import type { Store } from "../../store/store.ts";
import { runLocking } from "../../store/transactions.ts";
import type { ForwardDependencies } from "./forward-routes.ts";

/**
 * Changes that people made in Azure through the portal: who, from where, by which call. Azure's own
 * log has the rest.
 */
export function createWriteAudit({
  store,
  appendAudit,
}: {
  readonly store: Store;
  readonly appendAudit: AppendAudit;
}): ForwardDependencies["written"] {
  return async ({ caller, address, requestId, method }: SessionRequest, template, status) => {
    await runLocking(store, (transaction) =>
      appendAudit(transaction, "broker", {
        action: "portal/forward",
        actor: { kind: "caller", objectId: caller.objectId, name: caller.name, address },
        outcome: status < 400 ? "granted" : "refused",
        correlationId: requestId,
        detail: { method, call: template, status },
      }),
    );
  };
}
