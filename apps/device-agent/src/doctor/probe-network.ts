import { type LookupAddress, lookup as systemLookup } from "node:dns";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

import type { BrokerAddress } from "../broker-client/broker-address.ts";
import { ADDRESS_TIMEOUT_MS } from "../broker-client/transport.ts";
import { toUnreachable, unreachable } from "../broker-client/unreachable.ts";

const DAY_MS = 86_400_000;

/** One connection, opened step by step so that each step can fail under its own name. */
export type NetworkProbes = Disposable & {
  resolve(): Promise<string>;
  connect(): Promise<string>;
  secure(): Promise<string>;
};

/**
 * @param options.certificateAuthority - PEM; when given, the only certificates that are trusted
 * @param options.nowMs - for the remaining days of a certificate
 */
export function createNetworkProbes(options: {
  readonly broker: BrokerAddress;
  readonly certificateAuthority: () => string | undefined;
  readonly stepTimeoutMs: number;
  readonly nowMs: () => number;
}): NetworkProbes {
  const { broker, stepTimeoutMs } = options;
  const { host, port, name, isNamed } = broker;
  let addresses: readonly LookupAddress[] = [];
  let socket: Socket | undefined;

  /** Ends by itself or by the time limit, and then cleans up. */
  async function step<Value>(work: Promise<Value>): Promise<Value> {
    const ended = new AbortController();
    const { signal } = ended;
    const late = sleep(stepTimeoutMs, undefined, { signal }).then(() => {
      socket?.destroy();
      throw unreachable("timeout", `no answer within ${String(stepTimeoutMs)} ms`);
    });
    try {
      return await Promise.race([work, late]);
    } catch (error) {
      throw toUnreachable(error, signal);
    } finally {
      ended.abort();
    }
  }

  const resolveName = () =>
    new Promise<readonly LookupAddress[]>((resolve, reject) => {
      (broker.lookup ?? systemLookup)(host, { all: true }, (error, found) => {
        if (error === null && Array.isArray(found)) resolve(found);
        else reject(error ?? new Error("one address instead of all"));
      });
    });

  return {
    async resolve() {
      addresses = await step(resolveName());
      return `${name} is ${addresses.map(({ address }) => address).join(", ")}`;
    },
    async connect() {
      socket = connect({
        host,
        port,
        autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
        lookup:
          addresses.length === 0
            ? broker.lookup
            : (_host, _options, callback) => callback(null, [...addresses]),
      });
      socket.on("error", () => undefined); // The step that waits for it reports it.
      await step(once(socket, "connect"));
      return `${socket.remoteAddress ?? name} port ${String(port)}`;
    },
    async secure() {
      const tls = connectTls({
        ...(socket === undefined ? { port } : { socket }),
        host,
        servername: isNamed ? name : undefined,
        minVersion: "TLSv1.2",
        ca: options.certificateAuthority(),
      });
      const closed = once(tls, "close").then(() => {
        throw Object.assign(new Error("closed"), { code: "ECONNRESET" });
      });
      await step(Promise.race([once(tls, "secureConnect"), closed]));
      const { valid_to: validTo } = tls.getPeerCertificate();
      const days = Math.floor((Date.parse(validTo) - options.nowMs()) / DAY_MS);
      const protocol = tls.getProtocol() ?? "TLS";
      tls.destroy();
      return `${protocol}, for ${name}, valid for ${String(days)} more ${days === 1 ? "day" : "days"}`;
    },
    [Symbol.dispose]() {
      socket?.destroy();
    },
  };
}
