import { ERRORS } from "@databox-cmk/errors";
import type { ApiVersion, JobSecrets, NodeSecret } from "@databox-cmk/protocol";
import { apiVersionTraits } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { withheldBy } from "../../core/decide-reveal.ts";
import { failed } from "../../core/failed.ts";
import { failureColumns } from "../../core/failure-columns.ts";
import { errorOf } from "../../core/failure-error.ts";
import { storageAccountsOf } from "../../core/job-details.ts";
import { decideCredentials } from "../../core/lifecycle.ts";
import type { OrderId, OrderName } from "../../core/order.ts";
import type { Failure, Outcome } from "../../core/ports.ts";
import type { Passkeys } from "../../custody/key-custody.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { lifecycleOf, type Order } from "../../orders/order.ts";
import { type OrderNode, readNodes } from "../../orders/read-nodes.ts";
import { Withdrawn } from "../../store/withdrawn.ts";
import { findBreakGlass, useBreakGlass } from "../approvals/break-glass-rows.ts";
import { rememberUse } from "../approvals/claim-release.ts";
import { findAnyRevocation } from "../kill-switches/revocations.ts";
import { readUnlockPolicy } from "../policy/read-unlock-policy.ts";

/**
 * Calls the vault with the order's identity and shows the unlock keys. Each call, granted or not,
 * is one audit row with the caller, committed before anything is shown.
 */
export async function revealCredentials(
  plane: Changing & Plane<"settings"> & { readonly custody: Passkeys },
  name: OrderName,
  apiVersion: ApiVersion,
  context: RequestContext,
): Promise<JobSecrets> {
  const { custody, store } = plane;
  const order = await findOrder(store, name);
  const deed = { chain: order.id, action: "order/listCredentials", context } as const;
  const refuse = async (failure: Failure): Promise<never> => {
    await record(plane, deed, () =>
      Promise.resolve({
        outcome: ERRORS[failure.code].class === "refused" ? "refused" : "failed",
        ...failureColumns(failure),
      }),
    );
    throw errorOf(failure);
  };

  const allowed = decideCredentials(lifecycleOf(order));
  if (!allowed.ok) return refuse(allowed.failure);
  const nodes = await readNodes(store, order.id);
  const revocation = await findAnyRevocation(store, order.id, nodes);
  if (revocation !== undefined) return refuse(revocation);
  const passed = await passPolicy(plane, order.id);
  if (!passed.ok) return refuse(passed.failure);
  const revealed = await custody.revealPasskeys(order.id);
  if (!revealed.ok) return refuse(revealed.failure);
  try {
    let used: string | undefined;
    await record(plane, deed, async (transaction) => {
      // A switch may have been activated, or the policy written, during the vault's calls.
      const meanwhile = await findAnyRevocation(transaction, order.id, nodes);
      if (meanwhile !== undefined) throw new Withdrawn(meanwhile);
      const still = await passPolicy({ ...plane, store: transaction }, order.id);
      if (!still.ok) throw new Withdrawn(still.failure);
      const { breakGlass } = still.value;
      if (
        breakGlass !== undefined &&
        !(await useBreakGlass(transaction, breakGlass, "listCredentials", plane.now()))
      )
        throw errorOf({ code: "ApprovalExpired", reason: "break-glass" });
      used = breakGlass;
      return {
        outcome: "granted",
        ...kidOf(revealed.value),
        detail: { nodes: revealed.value.length, breakGlass },
      };
    });
    await rememberUse(store, { breakGlass: used }, plane.now());
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
  } catch (error) {
    if (error instanceof Withdrawn) return await refuse(error.failure);
    throw error;
  } finally {
    for (const { passkey } of revealed.value) passkey.fill(0);
  }
}

/** One passkey, wrapped to one key for all nodes. */
function kidOf([first]: readonly { readonly kid: string }[]) {
  return first === undefined ? {} : { kid: first.kid };
}

/**
 * The passkey of all nodes is shown together, so only a break-glass for the whole order overrides
 * the policy.
 */
async function passPolicy(
  { store, settings, now }: Plane<"store" | "now" | "settings">,
  id: OrderId,
): Promise<Outcome<{ readonly breakGlass?: string | undefined }>> {
  const policy = await readUnlockPolicy(store, id, settings.defaultPolicy);
  const withheld = withheldBy(policy, now());
  if (withheld === undefined) return { ok: true, value: {} };
  const breakGlass = policy.release.breakGlass
    ? await findBreakGlass(store, id, undefined, now())
    : undefined;
  return breakGlass === undefined ? failed(withheld) : { ok: true, value: { breakGlass } };
}

/** This system makes no shares and no network ports, so both lists are empty. */
function nodeSecretOf(
  order: Order,
  apiVersion: ApiVersion,
  node: OrderNode | undefined,
  serial: string,
  devicePassword: string,
): NodeSecret {
  const { destinations } = apiVersionTraits(apiVersion);
  return {
    deviceSerialNumber: serial,
    devicePassword,
    networkConfigurations: [],
    // The public key that authenticates the device: base64 of its JWK (RFC 7517); empty before it
    // has enrolled.
    encodedValidationCertPubKey: Buffer.from(node?.deviceJwkJson ?? "").toString("base64"),
    accountCredentialDetails: storageAccountsOf(order.details).map((id) => ({
      accountName: id.split("/").at(-1) ?? "",
      [destinations ? "dataDestinationType" : "dataAccountType"]: "StorageAccount",
      accountConnectionString: "",
      shareCredentialDetails: [],
    })),
  };
}
