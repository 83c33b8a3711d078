import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";

/**
 * Asks a server on this machine for its certificate.
 *
 * @returns SHA-256 of its public key (RFC 7469 §2.4), as an option of Chromium's start names it
 */
export async function readServerKey(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: "127.0.0.1",
    port: Number(port),
    servername: hostname.endsWith("localhost") ? hostname : "",
    rejectUnauthorized: false,
  });
  await once(socket, "secureConnect");
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  socket.destroy();
  if (key === undefined) throw new Error(`${url} shows no certificate`);
  return createHash("sha256").update(key).digest("base64");
}
