import {
  encodeBase64url,
  generateSealingKey,
  importSigningKey,
  messageHash,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import {
  challenge,
  DEVICE_ROUTES,
  leasePath,
  type LeaseRenewal,
  MESSAGE_TYPES,
  type UnlockRequest,
} from "@databox-cmk/protocol";

import { eachAtOnce } from "./each-at-once.ts";
import {
  type KeepAliveConnection,
  openKeepAliveConnection,
  renderPost,
} from "./keep-alive-connection.ts";
import type { Fleet, Target } from "./load.ts";
import { BOOT_ID } from "./seed-fleet.ts";

type Send = KeepAliveConnection["send"];
/** A node that unlocks, or renews its lease, again and again. */
type LoadDevice = Fleet[number] & { readonly key: SigningKey };
type Render = (send: Send, device: LoadDevice) => Promise<Buffer>;

export const LANE_KINDS = ["unlock", "renewal"] as const;
const RENDER: Record<(typeof LANE_KINDS)[number], Render> = {
  unlock: renderUnlock,
  renewal: renderRenewal,
};

/**
 * One request after another, of devices that no other lane has, so that the counters of a device
 * come in their order.
 */
export type DeviceLane = {
  connection(): KeepAliveConnection;
  /** Signs so many requests. */
  prepare(requests: number): Promise<readonly Buffer[]>;
  /** Replaces a connection that a server may have cut off while the requests were signed. */
  reconnect(): Promise<void>;
};

/** Handshakes of all at once would take longer than the broker waits for one. */
const OPENED_AT_ONCE = 32;
/** One key for all: making keys is the devices' work. */
const suite = "X-Wing";
const publicKey = encodeBase64url((await generateSealingKey(suite)).publicKey);
const journalHead = messageHash("journal");

export async function openLanes({
  port,
  caPem,
  inFlight,
  fleet,
  kind = "unlock",
}: Target & {
  readonly inFlight: number;
  readonly fleet: Fleet;
  readonly kind?: (typeof LANE_KINDS)[number];
}): Promise<readonly DeviceLane[]> {
  const groups = Array.from({ length: inFlight }, (_, lane) =>
    fleet.filter((_device, index) => index % inFlight === lane),
  );
  return eachAtOnce(OPENED_AT_ONCE, groups, async (group) => {
    const devices = group.map((node) => ({ ...node, key: importSigningKey(node.privatePem) }));
    let connection = await openKeepAliveConnection(port, caPem);
    // One on which nothing was ever asked would be cut off before its turn.
    await askForChallenge((request) => connection.send(request), devices[0]?.serial ?? "");
    const reconnect = async (): Promise<void> => {
      connection.close();
      connection = await openKeepAliveConnection(port, caPem);
    };
    return {
      connection: () => connection,
      async prepare(count) {
        if (!connection.isOpen()) await reconnect();
        const requests: Buffer[] = [];
        for (let index = 0; index < count; index += 1) {
          const device = devices[index % devices.length];
          if (device !== undefined)
            requests.push(await RENDER[kind]((request) => connection.send(request), device));
        }
        return requests;
      },
      reconnect: async () => {
        // An unlock's challenges have kept it open.
        if (kind === "renewal") await reconnect();
      },
    };
  });
}

/** Requests for all lanes together, in their order. */
export async function prepareAll(
  lanes: readonly DeviceLane[],
  requests: number,
): Promise<readonly (readonly Buffer[])[]> {
  const share = requests / lanes.length;
  const prepared = await eachAtOnce(OPENED_AT_ONCE, lanes, (lane) => lane.prepare(share));
  await eachAtOnce(OPENED_AT_ONCE, lanes, (lane) => lane.reconnect());
  return prepared;
}

/** Asks for a challenge, and signs the request with it. */
async function renderUnlock(send: Send, device: LoadDevice): Promise<Buffer> {
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

/** The next step of its lease. */
async function renderRenewal(_send: Send, device: LoadDevice): Promise<Buffer> {
  const { serial, order, lease } = device;
  const sequence = device.counter;
  device.counter += 1;
  const renewal: LeaseRenewal = {
    lease,
    order,
    serial,
    bootId: BOOT_ID,
    counter: device.counter,
    sequence,
    state: "unlocked",
    journalHead,
  };
  const text = await signMessage(device.key, MESSAGE_TYPES.leaseRenewal, renewal);
  return renderPost(leasePath("renewals", lease), text);
}

async function askForChallenge(send: Send, serial: string): Promise<string> {
  const { body } = await send(
    renderPost(DEVICE_ROUTES.challenges, JSON.stringify({ serial }), "application/json"),
  );
  return challenge.parse(JSON.parse(body)).nonce;
}
