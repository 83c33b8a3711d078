import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import { failed, malformed } from "../../core/failed.ts";
import type { Outcome } from "../../core/ports.ts";
import { type AuthenticDevice, authenticateDevice } from "./authenticate-device.ts";
import type { Needs } from "./device-dependencies.ts";
import type { DeviceExchange, DeviceMessage } from "./serve-device-message.ts";
import type { SignedAnswer } from "./signed-answer.ts";

type SaysNode = { readonly order: string; readonly serial: string };

type DeviceVerb<Said extends SaysNode, Needed> = Pick<
  DeviceExchange<AuthenticDevice>,
  "action" | "type" | "repeats" | "withholdsRepeat"
> & {
  readonly schema: z.ZodMiniType<Said>;
  /** The verb's own rule compares order and serial number, in its place among other checks. */
  readonly comparesNode?: true | undefined;
  readonly answer: (
    dependencies: Needed,
    message: DeviceMessage,
    sender: AuthenticDevice,
    said: Said,
  ) => Promise<Outcome<SignedAnswer>>;
};

/** An exchange with an enrolled device: signature → schema → order and serial number → answer. */
export function deviceVerb<Said extends SaysNode, Needed>({
  comparesNode,
  answer,
  ...exchange
}: DeviceVerb<Said, Needed>): (
  dependencies: Needed & Needs<"limit" | "findDevice">,
) => DeviceExchange<AuthenticDevice> {
  return (dependencies) => ({
    ...exchange,
    authenticate: (message) => authenticateDevice(dependencies, message, exchange.type),
    async answer(message, sender) {
      const parsed = parseWith(exchange.schema, sender.payload);
      if (!parsed.ok) return malformed(parsed.detail);
      const { order, serial } = parsed.value;
      if (comparesNode !== true && (order !== sender.order || serial !== sender.serial))
        return failed(ANOTHER_NODE);
      return answer(dependencies, message, sender, parsed.value);
    },
  });
}

const ANOTHER_NODE = {
  code: "OrderMismatch",
  detail: "order, serial: this device is enrolled as another node",
} as const;
