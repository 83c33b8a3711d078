import { once } from "node:events";
import { createServer as createTlsServer, type Server } from "node:https";
import {
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from "node:net";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";

/** The server's answer to every request until a test sets another one; `silence`: none. */
export type HostileAnswer =
  | "silence"
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

export type HostileBroker = {
  readonly url: string;
  /** Host suffix with port, as vaults have one: nothing there can be trusted. */
  readonly vaultSuffix: string;
  readonly caPem: string;
  /** Takes connections and never says a word, not even of TLS. */
  readonly muteUrl: string;
  /** No server listens there, nor can: it is the port of a client. */
  readonly closedUrl: string;
  answer(answer: HostileAnswer): void;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Any obstacle between two honest parties, with a certificate of its own authority. */
export async function openHostileBroker(): Promise<HostileBroker> {
  const ca = createCertificateAuthority({ commonName: "Somebody else", validityDays: 1 });
  const certificate = issueServerCertificate({
    ca,
    commonName: "broker.localhost",
    dnsNames: ["broker.localhost", "*.vault.localhost"],
    validityDays: 1,
  });
  let current: HostileAnswer = "silence";
  const server = createTlsServer(
    { cert: certificate.certificatePem, key: certificate.privateKeyPem },
    (request, response) => {
      request.resume();
      if (current === "silence") return;
      response.writeHead(current.status, current.headers);
      response.end(current.body);
    },
  );
  const mute = createTcpServer();
  const sockets = new Set<Socket>();
  for (const each of [server, mute])
    each.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    });
  const port = await listen(server);
  const mutePort = await listen(mute);
  const client = connect(mutePort, "127.0.0.1").on("error", () => undefined);
  await once(client, "connect");
  return {
    url: urlOf(port),
    vaultSuffix: `vault.localhost:${String(port)}`,
    caPem: ca.certificatePem,
    muteUrl: urlOf(mutePort),
    closedUrl: urlOf(client.localPort ?? 0),
    answer(answer) {
      current = answer;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of [client, ...sockets]) socket.destroy();
      await Promise.all(
        [server, mute].map(async (each) => {
          each.close();
          await once(each, "close");
        }),
      );
    },
  };
}

const urlOf = (port: number) => `https://broker.localhost:${String(port)}`;

async function listen(server: Server | TcpServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  return address.port;
}
