import { readFileSync } from "node:fs";

import {
  encodeBase64url,
  generateSealingKey,
  importSigningKey,
  signMessage,
  type SigningKey,
} from "@databox-cmk/crypto";
import { challenge, DEVICE_ROUTES, MESSAGE_TYPES, type UnlockRequest } from "@databox-cmk/protocol";
import * as z from "zod";

import { openKeepAliveConnection, renderPost } from "./keep-alive-connection.ts";
import { BOOT_ID } from "./seed-fleet.ts";

/**
 * Unlocks as fast as the broker answers them, so many at once: told `{unlocks}` it asks for their challenges and signs
 * them, then says that they are ready; told "go" it sends them, and says how long each took.
 */
const job = z
  .object({
    port: z.number(),
    caPem: z.string(),
    fleetFile: z.string(),
    inFlight: z.number(),
    newConnections: z.boolean(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));
const fleet = z
  .array(
    z.object({ order: z.string(), serial: z.string(), privatePem: z.string(), env: z.string() }),
  )
  .parse(JSON.parse(readFileSync(job.fleetFile, "utf8")));
type Device = (typeof fleet)[number] & { readonly key: SigningKey; counter: number };
type Connection = Awaited<ReturnType<typeof openKeepAliveConnection>>;

/** Each lane has devices of its own, so that the counters of a device come in their order. */
const lanes = Array.from({ length: job.inFlight }, (_, lane) => ({
  devices: fleet
    .filter((_device, index) => index % job.inFlight === lane)
    .map((device): Device => ({ ...device, key: importSigningKey(device.privatePem), counter: 0 })),
  requests: [] as Buffer[],
}));
/** One for all: making keys is the devices' work. */
const suite = "X-Wing";
const publicKey = encodeBase64url((await generateSealingKey(suite)).publicKey);
const open = () => openKeepAliveConnection(job.port, job.caPem);

process.on("message", (message) => {
  void (message === "go" ? run() : prepare(z.object({ unlocks: z.number() }).parse(message)));
});
process.once("disconnect", () => process.exit());
process.send?.({ started: true });

async function prepare({ unlocks }: { readonly unlocks: number }): Promise<void> {
  await Promise.all(
    lanes.map(async (lane) => {
      lane.requests = [];
      const connection = await open();
      for (let index = 0; index < unlocks / lanes.length; index += 1) {
        const device = lane.devices[index % lane.devices.length];
        if (device !== undefined) lane.requests.push(await renderUnlock(connection, device));
      }
      connection.close();
    }),
  );
  process.send?.({ prepared: true });
}

async function renderUnlock(connection: Connection, device: Device): Promise<Buffer> {
  const { serial, order, env } = device;
  const asked = JSON.stringify({ serial });
  const { body } = await connection.send(
    renderPost(DEVICE_ROUTES.challenges, asked, "application/json"),
  );
  device.counter += 1;
  const request: UnlockRequest = {
    nonce: challenge.parse(JSON.parse(body)).nonce,
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

async function run(): Promise<void> {
  const connections = await Promise.all(lanes.map(() => open()));
  const times: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    lanes.map(async ({ requests }, lane) => {
      for (const request of requests) {
        const sentAt = performance.now();
        const connection = job.newConnections ? await open() : connections[lane];
        if (connection === undefined) return;
        const { status, body } = await connection.send(request);
        if (status !== 200) throw new Error(`an unlock was answered ${String(status)}: ${body}`);
        times.push(performance.now() - sentAt);
        if (job.newConnections) connection.close();
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  process.send?.({ seconds, times });
}
