import type { MessageType } from "@databox-cmk/protocol";

import type { Outcome } from "../../core/ports.ts";
import { authenticateDevice } from "../message/authenticate-device.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { DeviceNode, FindDevice } from "../message/device-node.ts";
import type { DeviceMessage, Sender } from "../message/serve-device-message.ts";

export type RekeySender = Sender & { readonly node: DeviceNode; readonly payload: unknown };

export async function authenticateRekeyMessage(
  dependencies: DeviceDependencies,
  findDevice: FindDevice,
  message: DeviceMessage,
  type: MessageType,
): Promise<Outcome<RekeySender>> {
  const device = await authenticateDevice(
    { ...dependencies, findDevice },
    message.text,
    type,
    message.address,
  );
  if (!device.ok) return device;
  const { node, payload } = device.value;
  return { ok: true, value: { order: node.order, serial: node.serial, node, payload } };
}

/** Of two messages with one counter, on any replica, one is answered. */
export function useCounter(
  { commit }: Pick<DeviceDependencies, "commit">,
  { order, serial }: Sender,
  counter: number,
): Promise<Outcome<undefined>> {
  return commit(async (transaction) => {
    const counted = await transaction
      .updateTable("nodes")
      .set({ last_counter: counter })
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .where("last_counter", "<", counter)
      .executeTakeFirst();
    return counted.numUpdatedRows === 1n
      ? { ok: true, value: undefined }
      : {
          ok: false,
          failure: {
            code: "CounterRollback",
            detail: "counter: not above the last one that was seen",
          },
        };
  });
}
