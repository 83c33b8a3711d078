import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { connect } from "node:tls";

import {
  importSigningKey,
  messageHash,
  readHeader,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import {
  DEVICE_ROUTES,
  type Lease,
  leasePath,
  type LeaseRenewal,
  type LeaseWatch,
  lease,
  MESSAGE_TYPES,
  type Receipt,
} from "@databox-cmk/protocol";
import * as z from "zod";

import {
  type KeepAliveConnection,
  type KeptAnswer,
  openKeepAliveConnection,
  renderPost,
} from "./keep-alive-connection.ts";
import { BOOT_ID, type FleetNode } from "./seed-fleet.ts";
import { renderUnlock } from "./unlock-lanes.ts";

/** Traffic of devices, people and strangers, one piece after another on each lane. */
export type MixedTraffic = {
  /** Sends the next piece of a lane. @throws {Error} when most answers are not the expected ones */
  next(lane: number): Promise<void>;
  /** Number of pieces of each kind. */
  counts(): Readonly<Record<string, number>>;
  close(): void;
};

type Device = FleetNode & { readonly key: SigningKey; counter: number };
type Lane = {
  pieces: number;
  connection: KeepAliveConnection;
  readonly devices: readonly Device[];
};
type Target = {
  readonly port: number;
  readonly caPem: string;
  readonly fleet: readonly FleetNode[];
  readonly operatorToken: string;
  /** Each has its own part of the fleet. */
  readonly laneCount: number;
};

const API = "api-version=2025-07-01";
const RENEWALS = 4;
/** Every so many pieces of a lane: an order to close is sent, a campaign is rehearsed. */
const RELOCK_EVERY = 4;
const CAMPAIGN_EVERY = 8;
/** For how long an agent waits that then loses its connection. */
const BROKEN_WATCH_MS = 200;
const ANSWER_MAX_BYTES = 65_536;
/** Beyond it, more than every second piece must succeed, or the bench measures something else. */
const TOLERATED = 20;
const GRANTED = z.object({ lease });

/**
 * A busy machine delays an answer beyond a limit of time, which the fast clock makes short: a nonce
 * expires, or Azure counts as unreachable.
 */
class Unexpected extends Error {}

/** Bytes of strangers, each on a connection of its own. */
const JUNK = [
  "GET //[ HTTP/1.1\r\nhost: b\r\n\r\n",
  "GET /nothing HTTP/1.1\r\nhost: b\r\n\r\n",
  "GET / HTTP/1.1\r\nhost: b\r\nx: ",
  "\0\0\0\0\r\n\r\n",
  "CONNECT a:1 HTTP/1.1\r\nhost: b\r\n\r\n",
  "POST /device/v1/unlocks HTTP/1.1\r\nhost: b\r\ncontent-type: application/jose\r\ncontent-length: 9\r\n\r\na.b.c",
  "POST /device/v1/unlocks HTTP/1.1\r\nhost: b\r\ncontent-type: application/jose\r\ncontent-length: 5\r\n\r\na.b.c",
  "POST /device/v1/challenges HTTP/1.1\r\nhost: b\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 16\r\n\r\n",
  "",
] as const;

export function createMixedTraffic({
  port,
  caPem,
  fleet,
  operatorToken,
  laneCount,
}: Target): MixedTraffic {
  const authorization = `authorization: Bearer ${operatorToken}`;
  const lanes = new Map<number, Lane>();
  const counts = {
    unlocks: 0,
    renewals: 0,
    receipts: 0,
    "watches that broke": 0,
    "orders to close": 0,
    campaigns: 0,
    reads: 0,
    "connections with junk": 0,
    "other answers": 0,
  };

  async function openLane(number: number): Promise<Lane> {
    const lane: Lane = {
      pieces: number,
      connection: await openKeepAliveConnection(port, caPem),
      devices: fleet
        .filter((_node, index) => index % laneCount === number)
        .map((node) => ({ ...node, key: importSigningKey(node.privatePem), counter: 0 })),
    };
    lanes.set(number, lane);
    return lane;
  }

  async function send(lane: Lane, request: Buffer, expected: readonly number[]) {
    if (!lane.connection.isOpen()) lane.connection = await openKeepAliveConnection(port, caPem);
    const answer = await lane.connection.send(request);
    if (!expected.includes(answer.status))
      throw new Unexpected(`answered ${String(answer.status)}: ${answer.body}`);
    return answer;
  }

  /** Unlocks, renews, and waits for news of the lease, which breaks or is an order to close. */
  async function useDevice(lane: Lane, device: Device, isRelocked: boolean): Promise<void> {
    const { order, serial, key } = device;
    const post = (request: Buffer): Promise<KeptAnswer> => send(lane, request, [200]);
    const sign = async (type: string, path: string, payload: object): Promise<KeptAnswer> =>
      post(renderPost(path, await signMessage(key, type, payload)));
    const { body } = await post(await renderUnlock(post, device));
    counts.unlocks += 1;
    device.counter += 1;
    await sign(MESSAGE_TYPES.receipt, DEVICE_ROUTES.receipts, {
      grantHash: messageHash(body),
      order,
      serial,
      outcome: "unlocked",
      bootId: BOOT_ID,
      counter: device.counter,
      journalHead: messageHash("journal"),
    } satisfies Receipt);
    counts.receipts += 1;
    let { id, sequence } = leaseIn(body);
    const ofLease = () => {
      device.counter += 1;
      return { lease: id, order, serial, bootId: BOOT_ID, counter: device.counter, sequence };
    };
    for (let renewal = 0; renewal < RENEWALS; renewal += 1) {
      const renewed = await sign(MESSAGE_TYPES.leaseRenewal, leasePath("renewals", id), {
        ...ofLease(),
        state: "unlocked",
        journalHead: messageHash("journal"),
      } satisfies LeaseRenewal);
      counts.renewals += 1;
      ({ id, sequence } = leaseIn(renewed.body));
    }
    const watch = await signMessage(key, MESSAGE_TYPES.leaseWatch, {
      ...ofLease(),
      watch: true,
    } satisfies LeaseWatch);
    const connection = await openKeepAliveConnection(port, caPem);
    const news = connection.send(renderPost(leasePath("leaseEvents", id), watch));
    if (isRelocked) {
      const scope = { kind: "node", order, serial };
      await operate(lane, "revoke", { reason: "bench", scope }, [200]);
      const { body: told } = await news;
      await operate(lane, "restoreAccess", { scope }, [200]);
      const { typ } = readHeader(told, ANSWER_MAX_BYTES);
      if (typ !== MESSAGE_TYPES.relock) throw new Unexpected(`a watch was answered by ${typ}`);
      counts["orders to close"] += 1;
    } else {
      news.catch(() => undefined);
      await setTimeout(BROKEN_WATCH_MS);
      counts["watches that broke"] += 1;
    }
    connection.close();
  }

  /** A POST to the operator API. */
  async function operate(lane: Lane, what: string, body: object, expected: readonly number[]) {
    const text = JSON.stringify(body);
    const request = renderRequest(`POST /operator/v1/${what}`, text, [
      authorization,
      "content-type: application/json",
      `content-length: ${String(Buffer.byteLength(text))}`,
    ]);
    await send(lane, request, expected);
  }

  /** As an operator, and as a caller without a token. */
  async function read(lane: Lane, path: string): Promise<void> {
    await send(lane, renderRequest(`GET ${path}`, "", [authorization]), [200, 403]);
    await send(lane, renderRequest(`GET ${path}`, "", []), [401]);
    counts.reads += 2;
  }

  async function sendJunk(text: string): Promise<void> {
    const socket = connect({
      host: "127.0.0.1",
      port,
      ca: caPem,
      servername: "broker.localhost",
    });
    socket.on("error", () => undefined);
    await once(socket, "secureConnect");
    socket.write(text);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.end();
    socket.resume();
    // Half of them do not wait for what the broker says.
    if (counts["connections with junk"] % 2 === 0) socket.destroy();
    await closed;
    counts["connections with junk"] += 1;
  }

  return {
    async next(number) {
      const lane = lanes.get(number) ?? (await openLane(number));
      const piece = lane.pieces;
      lane.pieces += 1;
      const device = lane.devices[piece % lane.devices.length];
      if (device === undefined) throw new TypeError("no device");
      try {
        await useDevice(lane, device, piece % RELOCK_EVERY === 0);
        if (piece % CAMPAIGN_EVERY === 0) {
          const selector = { orders: [device.order] };
          const campaign = { action: { kind: "rotate" }, selector, dryRun: true };
          await operate(lane, "campaigns", campaign, [201]);
          counts.campaigns += 1;
        }
        await read(lane, `${device.order}?${API}`);
        await read(lane, "/operator/v1/revocations");
      } catch (error) {
        if (!(error instanceof Unexpected)) throw error;
        counts["other answers"] += 1;
        if (counts["other answers"] > TOLERATED + counts.unlocks) throw error;
      }
      await sendJunk(JUNK[piece % JUNK.length] ?? "");
    },
    counts: () => counts,
    close() {
      for (const { connection } of lanes.values()) connection.close();
    },
  };
}

function renderRequest(target: string, body: string, headers: readonly string[]): Buffer {
  const head = [`${target} HTTP/1.1`, "host: broker.localhost", ...headers];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

/** The lease in a signed answer. */
function leaseIn(text: string): Lease {
  const [, payload = ""] = text.split(".");
  return GRANTED.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))).lease;
}
