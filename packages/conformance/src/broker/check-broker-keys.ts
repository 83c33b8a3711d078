import { randomBytes } from "node:crypto";

import { encodeBase64url, importVerifyKey, readHeader } from "@databox-cmk/crypto";
import {
  BROKER_ANSWER_MAX_BYTES,
  brokerKeysAnswer,
  DEVICE_ROUTES,
  MESSAGE_TYPES,
} from "@databox-cmk/protocol";

import { NotOffered } from "../result.ts";
import { type BrokerWorld, checkForeign, send, unless, type Verb } from "./broker-world.ts";

const kidOf = (key: unknown): string => importVerifyKey(key).kid;

/** The question for the keys with which the broker signs from now on. */
export async function checkBrokerKeys(world: BrokerWorld): Promise<void> {
  const { run, act, device, stranger } = world;
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
  let retired: string | undefined;
  await run(
    suite,
    "once its key has retired, signs with the one that it had announced",
    async () => {
      const before = await signerOf(world);
      await act("rotate", device.order);
      retired = before;
      const signer = await signerOf(world);
      if (signer === retired) return "signed with the key that retired";
      return pinned.includes(signer) ? undefined : "signed with a key that it had not announced";
    },
  );
  await run(suite, "announces another key, and no longer the one that retired", async () => {
    if (retired === undefined) throw new NotOffered("rotate");
    const answer = await send(world, verb(pinned));
    const fault = unless(answer, MESSAGE_TYPES.brokerKeys);
    if (fault !== undefined) return fault;
    const { brokerKeys, envelope } = brokerKeysAnswer.parse(answer.payload);
    const kids = brokerKeys.map(kidOf);
    if (kids.includes(retired)) return "names the key that retired";
    if (kids.every((kid) => pinned.includes(kid))) return "announces none";
    // From here on, a message that the retired key signed is a stranger's.
    device.brokerKeys = brokerKeys;
    stranger.brokerKeys = brokerKeys;
    device.keepEnvelope(envelope);
    return undefined;
  });
}

/** The thumbprint of the key that signs the answers to unlocks. */
async function signerOf({ device }: BrokerWorld): Promise<string> {
  const { answer } = await device.unlock("unlock");
  if (answer.kind !== "answer") throw new Error(`an unlock was answered: ${answer.kind}`);
  return readHeader(answer.text, BROKER_ANSWER_MAX_BYTES).kid;
}
