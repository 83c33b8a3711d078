import {
  encodeBase64url,
  generateSealingKey,
  importSigningKey,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import { challenge, DEVICE_ROUTES, MESSAGE_TYPES, type UnlockRequest } from "@databox-cmk/protocol";
import * as z from "zod";

import { eachAtOnce } from "./each-at-once.ts";
import {
  type KeepAliveConnection,
  openKeepAliveConnection,
  renderPost,
} from "./keep-alive-connection.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/** The first message to a load generator of unlocks. */
export const unlockJob = z.object({
  port: z.number(),
  caPem: z.string(),
  fleetFile: z.string(),
  inFlight: z.number(),
});
export const unlockFleet = z.array(
  z.object({
    order: z.string(),
    serial: z.string(),
    privatePem: z.string(),
    env: z.string(),
    /** The last one that it has sent. */
    counter: z.number().default(0),
  }),
);
export type UnlockNode = z.input<typeof unlockFleet>[number];

type Device = z.infer<typeof unlockFleet>[number] & { readonly key: SigningKey; counter: number };

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

export async function openUnlockLanes(
  { port, caPem, inFlight }: z.infer<typeof unlockJob>,
  fleet: z.infer<typeof unlockFleet>,
): Promise<readonly UnlockLane[]> {
  const groups = Array.from({ length: inFlight }, (_, lane) =>
    fleet.filter((_device, index) => index % inFlight === lane),
  );
  return eachAtOnce(OPENED_AT_ONCE, groups, async (group) => {
    const devices = group.map((device): Device => ({
      ...device,
      key: importSigningKey(device.privatePem),
    }));
    let connection = await openKeepAliveConnection(port, caPem);
    // One on which nothing was ever asked would be cut off before its turn.
    await askForChallenge(connection, devices[0]?.serial ?? "");
    return {
      connection: () => connection,
      async prepare(unlocks) {
        if (!connection.isOpen()) connection = await openKeepAliveConnection(port, caPem);
        const requests: Buffer[] = [];
        for (let index = 0; index < unlocks; index += 1) {
          const device = devices[index % devices.length];
          if (device !== undefined) requests.push(await renderUnlock(connection, device));
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

async function renderUnlock(connection: KeepAliveConnection, device: Device): Promise<Buffer> {
  const { serial, order, env } = device;
  const nonce = await askForChallenge(connection, serial);
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

async function askForChallenge(connection: KeepAliveConnection, serial: string): Promise<string> {
  const { body } = await connection.send(
    renderPost(DEVICE_ROUTES.challenges, JSON.stringify({ serial }), "application/json"),
  );
  return challenge.parse(JSON.parse(body)).nonce;
}
