import { ERRORS } from "@databox-cmk/errors";
import type { ApiVersion, JobSecrets, NodeSecret } from "@databox-cmk/protocol";
import { apiVersionTraits } from "@databox-cmk/protocol";

import { record } from "../../audit/record.ts";
import { failureColumns } from "../../core/failure-columns.ts";
import { errorOf, valueOf } from "../../core/failure-error.ts";
import { storageAccountsOf } from "../../core/job-details.ts";
import type { OrderName } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { Passkeys } from "../../custody/key-custody.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import type { Order } from "../../orders/order.ts";
import { type OrderNode, readNodes } from "../../orders/read-nodes.ts";
import { shareLeases } from "../../store/await-lease-writes.ts";
import { Withdrawn } from "../../store/withdrawn.ts";
import { useBreakGlass } from "../approvals/break-glass.ts";
import { rememberUse } from "../approvals/claim-release.ts";
import { passGuards } from "./pass-guards.ts";

/**
 * Calls the vault with the order's identity and shows the unlock keys. Each call, granted or not,
 * is one audit row with the caller, committed before anything is shown.
 */
export async function revealCredentials(
  deps: Changing & Plane<"settings" | "announce"> & { readonly custody: Passkeys },
  name: OrderName,
  apiVersion: ApiVersion,
  context: RequestContext,
): Promise<JobSecrets> {
  const { custody, store } = deps;
  const order = await findOrder(store, name);
  const entry = { chain: order.id, action: "order/listCredentials", context } as const;
  const refuse = async (failure: Failure): Promise<never> => {
    await record(deps, entry, () =>
      Promise.resolve({
        outcome: ERRORS[failure.code].class === "refused" ? "refused" : "failed",
        ...failureColumns(failure),
      }),
    );
    throw errorOf(failure);
  };

  const nodes = await readNodes(store, order.id);
  const passed = await passGuards(deps, "passkey", name);
  if (!passed.ok) return refuse(passed.failure);
  const revealed = await custody.revealPasskeys(order.id);
  if (!revealed.ok) return refuse(revealed.failure);
  try {
    const used = await record(deps, entry, async (transaction) => {
      await shareLeases(transaction);
      const still = await passGuards(
        { ...deps, store: transaction },
        "passkey",
        name,
        passed.value,
      );
      if (!still.ok) throw new Withdrawn(still.failure);
      const { breakGlass } = still.value;
      valueOf(await useBreakGlass(transaction, deps, breakGlass, "listCredentials"));
      return {
        outcome: "granted",
        value: breakGlass,
        ...kidOf(revealed.value),
        detail: { nodes: revealed.value.length, breakGlass },
      };
    });
    await rememberUse(store, { breakGlass: used }, deps.now());
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
