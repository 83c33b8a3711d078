import { failed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import type { Needs } from "../message/device-dependencies.ts";
import { raiseCounter } from "../message/raise-counter.ts";
import type { Sender } from "../message/serve-device-message.ts";

export function useCounter(
  { commit }: Needs<"commit">,
  { order, serial }: Sender,
  counter: number,
): Promise<Outcome<undefined>> {
  return commit(async (transaction) => {
    const counted = await raiseCounter(transaction, { order, serial, counter }).executeTakeFirst();
    return counted.numUpdatedRows === 1n
      ? { ok: true, value: undefined }
      : failed({
          code: "CounterRollback",
          detail: "counter: not above the last one that was seen",
        });
  });
}
