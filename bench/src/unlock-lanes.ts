import {
  encodeBase64url,
  generateSealingKey,
  importSigningKey,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import { challenge, DEVICE_ROUTES, MESSAGE_TYPES, type UnlockRequest } from "@databox-cmk/protocol";

import { eachAtOnce } from "./each-at-once.ts";
import {
  type KeepAliveConnection,
  openKeepAliveConnection,
  renderPost,
} from "./keep-alive-connection.ts";
import type { Fleet, Target } from "./load.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/** A node that unlocks again and again. */
export type UnlockingDevice = Pick<Fleet[number], "order" | "serial" | "env" | "counter"> & {
  readonly key: SigningKey;
};

/**
 * One request after another, of devices that no other lane has, so that the counters of a device
 * come in their order.
 */
export type UnlockLane = {
  /** The connection on which it was prepared. */
  connection(): KeepAliveConnection;
  /** Asks for so many challenges, and signs what they are for. */
  prepare(unlocks: number): Promise<readonly Buffer[]>;
};

/** Handshakes of all at once would take longer than the broker waits for one. */
const OPENED_AT_ONCE = 32;
/** One key for all: making keys is the devices' work. */
const suite = "X-Wing";
const publicKey = encodeBase64url((await generateSealingKey(suite)).publicKey);

export async function openUnlockLanes({
  port,
  caPem,
  inFlight,
  fleet,
}: Target & { readonly inFlight: number; readonly fleet: Fleet }): Promise<readonly UnlockLane[]> {
  const groups = Array.from({ length: inFlight }, (_, lane) =>
    fleet.filter((_device, index) => index % inFlight === lane),
  );
  return eachAtOnce(OPENED_AT_ONCE, groups, async (group) => {
    const devices = group.map((node) => ({ ...node, key: importSigningKey(node.privatePem) }));
    let connection = await openKeepAliveConnection(port, caPem);
    // One on which nothing was ever asked would be cut off before its turn.
    await askForChallenge((request) => connection.send(request), devices[0]?.serial ?? "");
    return {
      connection: () => connection,
      async prepare(unlocks) {
        if (!connection.isOpen()) connection = await openKeepAliveConnection(port, caPem);
        const requests: Buffer[] = [];
        for (let index = 0; index < unlocks; index += 1) {
          const device = devices[index % devices.length];
          if (device !== undefined)
            requests.push(await renderUnlock((request) => connection.send(request), device));
        }
        return requests;
      },
    };
  });
}

/** Requests for all lanes together, in their order. */
export function prepareAll(
  lanes: readonly UnlockLane[],
  unlocks: number,
): Promise<readonly (readonly Buffer[])[]> {
  return eachAtOnce(OPENED_AT_ONCE, lanes, (lane) => lane.prepare(unlocks / lanes.length));
}

/** Asks for a challenge, and signs the request with it. */
async function renderUnlock(
  send: KeepAliveConnection["send"],
  device: UnlockingDevice,
): Promise<Buffer> {
  const { serial, order, env } = device;
  const nonce = await askForChallenge(send, serial);
  device.counter += 1;
  const request: UnlockRequest = {
    nonce,
    order,
    serial,
    env,
    generation: 1,
    purpose: "unlock",
    bootId: BOOT_ID,
    counter: device.counter,
    hpke: { suite, publicKey },
    agent: "bench/0",
  };
  const text = await signMessage(device.key, MESSAGE_TYPES.unlockRequest, request);
  return renderPost(DEVICE_ROUTES.unlocks, text);
}

async function askForChallenge(send: KeepAliveConnection["send"], serial: string): Promise<string> {
  const { body } = await send(
    renderPost(DEVICE_ROUTES.challenges, JSON.stringify({ serial }), "application/json"),
  );
  return challenge.parse(JSON.parse(body)).nonce;
}
