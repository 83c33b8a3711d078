import { Agent, request } from "node:https";
import type { LookupFunction } from "node:net";

/** Names of the stack are on loopback; not every system knows `*.localhost`. */
export const lookupLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

export type Client = {
  call(
    method: string,
    url: string,
    options: { headers: Readonly<Record<string, string>>; body?: string },
  ): Promise<{ status: number; text: string; location?: string }>;
  close(): void;
};

/** Connections that are kept, as many as are in flight. */
export function createClient(caPem: string, inFlight: number): Client {
  const agent = new Agent({
    ca: caPem,
    lookup: lookupLoopback,
    keepAlive: true,
    maxSockets: inFlight,
  });
  return {
    call: (method, url, { headers, body }) =>
      new Promise((resolve, reject) => {
        const message = request(url, { method, agent, headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.once("error", reject);
          answer.once("end", () => {
            const { location } = answer.headers;
            resolve({
              status: answer.statusCode ?? 0,
              text: Buffer.concat(chunks).toString(),
              ...(location === undefined ? {} : { location }),
            });
          });
        });
        message.once("error", reject);
        message.end(body);
      }),
    close: () => {
      agent.destroy();
    },
  };
}

/** Milliseconds of each of so many calls, always so many in flight. */
export async function measureCalls(
  calls: number,
  inFlight: number,
  call: (index: number) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < calls) {
      const index = next;
      next += 1;
      const startedAt = performance.now();
      await call(index);
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return times;
}
