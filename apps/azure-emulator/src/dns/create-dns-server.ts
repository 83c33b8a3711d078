import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket as TcpSocket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { firstOfKind } from "../core/faults.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import { closeServer } from "../http/listen.ts";
import type { Log } from "../log.ts";
import { parseQuery, renderAnswer, renderRcode } from "./answer-message.ts";
import { answerQuestion, vaultOfName, type Zone } from "./answer-question.ts";

const LOOPBACK = "127.0.0.1";
/** A resolver that keeps a connection open without a query is dropped. */
const TCP_IDLE_MS = 10_000;
/** A question fits into a few hundred bytes; more than this is not one. */
const QUERY_BYTES_MAXIMUM = 4_096;
/** UDP and TCP must get the same port; with port 0 the second may find it taken. */
const LISTEN_ATTEMPTS = 8;

type Answer = (bytes: Uint8Array) => Promise<Buffer | undefined>;

export type DnsServer = {
  readonly address: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

/**
 * A name server for `localhost` and the names of the emulator's cloud, on UDP and TCP (RFC 7766).
 * It knows the emulator's hosts, the vaults and `names` (`broker.localhost`); it refuses every
 * other domain. Operation, as faults name it: query. Port 0 chooses a free one.
 */
export async function openDnsServer(
  deps: Pick<EmulatorDependencies, "endpoints" | "faults" | "log" | "now" | "state">,
  port: number,
  names: readonly string[] = [],
): Promise<DnsServer> {
  const { authorityUrl, armUrl, controlUrl, graphUrl, vaultDomain } = deps.endpoints;
  const zone: Zone = {
    vaultDomain,
    names: new Set([
      ...[authorityUrl, armUrl, controlUrl, graphUrl].map((url) => new URL(url).hostname),
      ...names.map((name) => name.toLowerCase()),
    ]),
    hasVault: (name) => {
      const vault = deps.state.get("vault", name);
      return vault !== undefined && (vault.deletion?.scheduledPurgeAtMs ?? Infinity) > deps.now();
    },
  };

  /** Undefined: no answer, which the client sees as a timeout. */
  const answer: Answer = async (bytes) => {
    const query = parseQuery(bytes);
    if (query === undefined) return undefined;
    const vault = vaultOfName(query.question.name, vaultDomain);
    const effects = deps.faults.strike({
      service: "dns",
      operation: "query",
      vault,
    });
    let waitMs = 0;
    for (const effect of effects) if (effect.kind === "delay") waitMs += effect.ms;
    if (waitMs > 0) await delay(waitMs);
    if (firstOfKind(effects, "dns-timeout") !== undefined) return undefined;
    const injected = firstOfKind(effects, "dns-answer");
    if (injected !== undefined) return renderRcode(query, injected.rcode);
    return renderAnswer(query, answerQuestion(query.question, zone));
  };

  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listen(answer, deps.log, port);
    } catch (error) {
      if (port !== 0 || attempt === LISTEN_ATTEMPTS) throw error;
    }
  }
}

async function listen(answer: Answer, log: Log, port: number): Promise<DnsServer> {
  await using opened = new AsyncDisposableStack();
  const udp = opened.use(createUdp(answer, log));
  udp.bind(port, LOOPBACK);
  await once(udp, "listening");
  const bound = udp.address().port;
  const connections = new Set<TcpSocket>();
  const tcp = createServer((connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
    serveConnection(connection, answer, log);
  });
  opened.defer(() => closeServer(tcp));
  opened.defer(() => {
    for (const connection of connections) connection.destroy();
  });
  tcp.listen(bound, LOOPBACK);
  await once(tcp, "listening");
  const whileOpen = opened.move();
  return { address: LOOPBACK, port: bound, close: () => whileOpen.disposeAsync() };
}

function createUdp(answer: Answer, log: Log): UdpSocket {
  const socket = createSocket("udp4");
  let isOpen = true;
  socket.on("close", () => {
    isOpen = false;
  });
  socket.on("message", (bytes, peer) => {
    void reply(bytes, answer, log, (response) => {
      if (isOpen) socket.send(response, peer.port, peer.address);
    });
  });
  socket.on("error", (error) => log("error", "DNS socket failed", { error: error.message }));
  return socket;
}

/** Each message is preceded by its length in two bytes (RFC 1035 §4.2.2). */
function serveConnection(connection: TcpSocket, answer: Answer, log: Log): void {
  let pending = Buffer.alloc(0);
  connection.setTimeout(TCP_IDLE_MS, () => connection.destroy());
  connection.on("error", () => connection.destroy());
  connection.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0);
      if (length > QUERY_BYTES_MAXIMUM) {
        connection.destroy();
        return;
      }
      if (pending.length < 2 + length) return;
      const query = pending.subarray(2, 2 + length);
      pending = pending.subarray(2 + length);
      void reply(query, answer, log, (response) => {
        if (connection.destroyed) return;
        const prefix = Buffer.alloc(2);
        prefix.writeUInt16BE(response.length);
        connection.write(Buffer.concat([prefix, response]));
      });
    }
  });
}

/** No query can crash the server: without an answer the client sees a timeout. */
async function reply(
  query: Uint8Array,
  answer: Answer,
  log: Log,
  send: (response: Buffer) => void,
): Promise<void> {
  try {
    const response = await answer(query);
    if (response !== undefined) send(response);
  } catch (error) {
    log("error", "DNS question failed", {
      error: error instanceof Error ? error.message : "unknown",
    });
  }
}
