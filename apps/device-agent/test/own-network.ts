import { once } from "node:events";
import { createServer } from "node:https";

import { createLocalhostTls } from "@databox-cmk/testkit";

import { brokerAddress } from "../src/broker-client/broker-address.ts";
import { createTransport } from "../src/broker-client/transport.ts";
import { type DnsAnswer, openNameServer } from "./name-server.ts";

/**
 * Started by own-network.test.ts in a network of its own, with the address of a name server and a
 * broker, and the answers of the former as `type:hex`. Prints where the broker was reached.
 */
const [, , host = "", ...answers] = process.argv;
const { authority, server } = createLocalhostTls();
const broker = createServer(
  { cert: server.certificate, key: server.privateKey },
  ({ socket: { localAddress } }, response) => {
    response.end(localAddress);
  },
).listen(0, host);
await once(broker, "listening");
const bound = broker.address();
if (bound === null || typeof bound === "string") throw new TypeError("no TCP address");
const found = answers.map((text): DnsAnswer => {
  const [type, hex = ""] = text.split(":");
  return { type: Number(type), data: Buffer.from(hex, "hex") };
});
const { address: dnsServer, socket } = await openNameServer(host, found);
const address = brokerAddress(`https://broker.localhost:${String(bound.port)}`, {
  dnsServer,
  resolveLocalhost: false,
});
const transport = createTransport({
  addresses: [address],
  certificateAuthority: () => authority.certificatePem,
});
const answer = await transport.post("/", "application/json", "{}", AbortSignal.timeout(20_000));
process.stdout.write(answer.body);
transport[Symbol.dispose]();
socket.close();
broker.close();
