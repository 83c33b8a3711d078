import { randomBytes } from "node:crypto";

import { encodeBase64url, importVerifyKey } from "@databox-cmk/crypto";
import { brokerKeysAnswer, DEVICE_ROUTES, MESSAGE_TYPES } from "@databox-cmk/protocol";

import { type BrokerWorld, send, unless, type Verb } from "./broker-world.ts";
import { checkForeign } from "./foreign-messages.ts";

const kidOf = (key: unknown): string => importVerifyKey(key).kid;

/** The question for the keys with which the broker signs from now on. */
export async function checkBrokerKeys(world: BrokerWorld): Promise<void> {
  const { run, device } = world;
  const suite = "broker keys";
  const verb = (pinned: readonly string[]): Verb => ({
    suite,
    path: DEVICE_ROUTES.brokerKeys,
    type: MESSAGE_TYPES.brokerKeysRequest,
    payload: () => ({
      order: device.order,
      serial: device.serial,
      random: encodeBase64url(randomBytes(32)),
      pinned,
    }),
  });
  const pinned = device.brokerKeys.map(kidOf);
  await checkForeign(world, verb(pinned), { countsCounter: false });
  await run(suite, "tells its keys, signed by a pinned one, and the envelope again", async () => {
    const answer = await send(world, verb(pinned));
    const fault = unless(answer, MESSAGE_TYPES.brokerKeys);
    if (fault !== undefined) return fault;
    const { brokerKeys, envelope, serial } = brokerKeysAnswer.parse(answer.payload);
    if (serial !== device.serial) return "names another node";
    if (!brokerKeys.some((key) => pinned.includes(kidOf(key))))
      return "has none of the pinned keys";
    const env = device.envelope?.env;
    device.keepEnvelope(envelope);
    return device.envelope?.env === env ? undefined : "has another envelope";
  });
  await run(suite, "no pinned key: DeviceMessageMalformed", async () =>
    unless(await send(world, verb([])), MESSAGE_TYPES.denial, { code: "DeviceMessageMalformed" }),
  );
}
