import { ERRORS } from "@databox-cmk/errors";
import type { ApiVersion, JobSecrets, NodeSecret } from "@databox-cmk/protocol";
import { apiVersionTraits } from "@databox-cmk/protocol";

import { storageAccountsOf } from "../core/job-details.ts";
import { decideCredentials } from "../core/lifecycle.ts";
import type { OrderName } from "../core/order.ts";
import type { AuditEvent, Failure } from "../core/ports.ts";
import { findRevocation } from "../leases/revocations.ts";
import type { ControlPlane, RequestContext } from "./control-plane.ts";
import { errorOf } from "./failure-error.ts";
import { findOrder } from "./find-order.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { type OrderNode, readNodes } from "./read-nodes.ts";

/**
 * Asks the vault now, with the order's identity, and shows the unlock keys. Each call is one audit row with the caller,
 * granted or not, committed before anything is shown.
 */
export async function revealCredentials(
  plane: ControlPlane,
  name: OrderName,
  apiVersion: ApiVersion,
  context: RequestContext,
): Promise<JobSecrets> {
  const { custody, store } = plane;
  const order = await findOrder(store, name);
  const audit = (event: Pick<AuditEvent, "outcome"> & Partial<AuditEvent>): Promise<void> =>
    store.transaction().execute((transaction) =>
      plane.appendAudit(transaction, order.id, {
        action: "order/listCredentials",
        actor: context.actor,
        correlationId: context.correlationId,
        ...event,
      }),
    );
  const refuse = async (failure: Failure): Promise<never> => {
    await audit({
      outcome: ERRORS[failure.code].class === "refused" ? "refused" : "failed",
      code: failure.code,
      ...(failure.reason === undefined ? {} : { reason: failure.reason }),
      ...(failure.vaultRequestId === undefined ? {} : { vaultRequestId: failure.vaultRequestId }),
    });
    throw errorOf(failure);
  };

  const allowed = decideCredentials(lifecycleOf(order));
  if (!allowed.ok) return refuse(allowed.failure);
  const nodes = await readNodes(store, order.id);
  for (const { serial } of nodes) {
    // The nodes share one passkey: a switch on any of them keeps it from being shown.
    const revocation = await findRevocation(store, order.id, serial);
    if (revocation !== undefined) return refuse(revocation);
  }
  const revealed = await custody.revealPasskeys(order.id);
  if (!revealed.ok) return refuse(revealed.failure);
  try {
    await audit({ outcome: "granted", detail: { nodes: revealed.value.length } });
    const secrets = revealed.value.map(({ serial, passkey }) =>
      nodeSecretOf(
        order,
        apiVersion,
        nodes.find((node) => node.serial === serial),
        serial,
        new TextDecoder().decode(passkey),
      ),
    );
    return order.skuName === "DataBox"
      ? { jobSecretsType: "DataBox", dcAccessSecurityCode: {}, podSecrets: secrets }
      : { jobSecretsType: "DataBoxHeavy", dcAccessSecurityCode: {}, cabinetPodSecrets: secrets };
  } finally {
    for (const { passkey } of revealed.value) passkey.fill(0);
  }
}

/** This system makes no shares and no network ports: both lists say so by being empty. */
function nodeSecretOf(
  order: Order,
  apiVersion: ApiVersion,
  node: OrderNode | undefined,
  serial: string,
  devicePassword: string,
): NodeSecret {
  const { accountTypeMember } = apiVersionTraits(apiVersion);
  return {
    deviceSerialNumber: serial,
    devicePassword,
    networkConfigurations: [],
    // The public key by which the device proves itself: base64 of its JWK (RFC 7517); empty before it has enrolled.
    encodedValidationCertPubKey: Buffer.from(node?.deviceJwkJson ?? "").toString("base64"),
    accountCredentialDetails: storageAccountsOf(order.details).map((id) => ({
      accountName: id.split("/").at(-1) ?? "",
      [accountTypeMember]: "StorageAccount",
      accountConnectionString: "",
      shareCredentialDetails: [],
    })),
  };
}
