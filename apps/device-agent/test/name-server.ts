import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export const A = 1;
export const AAAA = 28;
export type DnsAnswer = { readonly type: number; readonly data: Buffer };

/**
 * A name server at `host` that has these answers for every name, and NODATA for other types.
 *
 * @param codeOf - the RCODE of each answer
 */
export async function openNameServer(
  host: string,
  answers: readonly DnsAnswer[],
  codeOf = () => 0,
): Promise<{ readonly address: string; readonly socket: Socket }> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4", (query, from) => {
    const type = query.readUInt16BE(query.indexOf(0, 12) + 1);
    const found = answers.filter((answer) => answer.type === type);
    const answer = Buffer.from(query.subarray(0, query.indexOf(0, 12) + 5));
    answer.writeUInt16BE(0x8180 + codeOf(), 2);
    answer.writeUInt16BE(found.length, 6);
    answer.writeUInt32BE(0, 8);
    const records = found.map(({ data }) => {
      const head = Buffer.from("c00c0000000100000001", "hex");
      head.writeUInt16BE(type, 2);
      return Buffer.concat([head, Buffer.from([0, data.length]), data]);
    });
    socket.send(Buffer.concat([answer, ...records]), from.port, from.address);
  });
  socket.bind(0, host);
  await once(socket, "listening");
  const { port } = socket.address();
  return { address: `${host.includes(":") ? `[${host}]` : host}:${String(port)}`, socket };
}
