import type { AppendAudit } from "../../audit/append-audit.ts";
import type { StrangerRows } from "../../audit/stranger-rows.ts";
import type { Served } from "../../http/express-adapter.ts";
import type { Store } from "../../store/store.ts";
import { runLocking } from "../../store/transactions.ts";

/**
 * A device message that was too long to be read has no hash and no sender, but it was refused and
 * leaves its row. All other device messages are audited where they are answered.
 */
export async function auditDeviceFault(
  {
    store,
    appendAudit,
    strangerRows,
  }: {
    readonly store: Store;
    readonly appendAudit: AppendAudit;
    readonly strangerRows: Pick<StrangerRows, "admit">;
  },
  { request, failure }: Served,
): Promise<void> {
  if (failure?.code !== "DeviceMessageTooLarge" || !strangerRows.admit(request.address)) return;
  await runLocking(store, (transaction) =>
    appendAudit(transaction, "broker", {
      action: "device-message",
      actor: { kind: "stranger", address: request.address },
      outcome: "refused",
      code: "DeviceMessageTooLarge",
      correlationId: request.requestId,
    }),
  );
}
