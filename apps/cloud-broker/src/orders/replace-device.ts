import { record } from "../audit/record.ts";
import { invalidMember } from "../core/failure-error.ts";
import type { OrderName } from "../core/order.ts";
import type { Changing, RequestContext } from "./control-plane.ts";
import { findOrderId } from "./find-order.ts";
import { createEnrolmentCode, type PreparedNode } from "./prepare-order.ts";

/**
 * Gives a node another device: the enrolled key is removed permanently, and a new one enrols by the
 * code. The envelope stays, since the volume does. The broker cannot know whether the old device
 * still holds the volume open, so its leases must have ended first: revoke the node, and restore
 * its access afterwards.
 *
 * @throws {AppError} InvalidRequestContent for an unknown serial, and while a lease is live
 */
export async function replaceDevice(
  deps: Changing,
  name: OrderName,
  { serial, reason }: { readonly serial: string; readonly reason: string },
  context: RequestContext,
): Promise<PreparedNode> {
  const id = await findOrderId(deps.store, name);
  const { code, hash, expiresAtMs } = createEnrolmentCode(deps.now());
  await record(deps, { chain: id, action: "order/replaceDevice", context }, async (transaction) => {
    const node = await transaction
      .selectFrom("nodes")
      .select("device_kid")
      .where("order_id", "=", id)
      .where("serial", "=", serial)
      .executeTakeFirst();
    if (node === undefined) throw invalidMember("serial", `the order has no node ${serial}`);
    const live = await transaction
      .selectFrom("leases")
      .select("id")
      .where("order_id", "=", id)
      .where("serial", "=", serial)
      .where("state", "=", "live")
      .executeTakeFirst();
    if (live !== undefined)
      throw invalidMember(
        "serial",
        `${serial} holds a live lease; revoke the node first, and wait until it is closed`,
      );
    await transaction
      .updateTable("nodes")
      .set({
        device_kid: null,
        device_jwk_json: null,
        minimum_suite: null,
        device_key_grade: null,
        last_counter: 0,
        enrolment_code_hash: hash,
        enrolment_expires_at_ms: expiresAtMs,
      })
      .where("order_id", "=", id)
      .where("serial", "=", serial)
      .execute();
    // The successor counts from the beginning, and none of its grants follows those of its
    // predecessor.
    await transaction
      .updateTable("leases")
      .set({ last_counter: 0 })
      .where("order_id", "=", id)
      .where("serial", "=", serial)
      .execute();
    // Its journal begins with the first row, too; the former rows stay in the audit chain.
    for (const table of ["pinned_broker_keys", "journal_rows"] as const)
      await transaction
        .deleteFrom(table)
        .where("order_id", "=", id)
        .where("serial", "=", serial)
        .execute();
    return { serial, detail: { reason, formerDeviceKid: node.device_kid ?? undefined } };
  });
  return { serial, enrolmentCode: code, expiresAtMs };
}
