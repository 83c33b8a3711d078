import { lookup as systemLookup } from "node:dns";
import { connect, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

import type { Finding } from "@databox-cmk/errors";

import { toUnreachable, unreachable } from "../broker-client/unreachable.ts";

const DAY_MS = 86_400_000;

export type Endpoint = { readonly hostname: string; readonly port: number };
/** One connection, opened step by step so that each step can fail under its own name. */
export type NetworkProbes = Disposable & {
  resolve(): Promise<Finding>;
  connect(): Promise<Finding>;
  secure(): Promise<Finding>;
};

/**
 * @param options.lookup - undefined: the system's resolver
 * @param options.certificateAuthority - PEM; when given, the only certificates that are trusted
 * @param options.nowMs - for the remaining days of a certificate
 */
export function createNetworkProbes(options: {
  readonly endpoint: Endpoint;
  readonly lookup: LookupFunction | undefined;
  readonly certificateAuthority: () => string | undefined;
  readonly stepTimeoutMs: number;
  readonly nowMs: () => number;
}): NetworkProbes {
  const { hostname, port } = options.endpoint;
  let address: string | undefined;
  let socket: Socket | undefined;

  /** Ends by itself or by the time limit, and then cleans up. */
  function step<Value>(
    begin: (resolve: (value: Value) => void, reject: (reason: unknown) => void) => void,
    nameOf: (reason: unknown) => Error,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        socket?.destroy();
        reject(unreachable("timeout", `no answer within ${String(options.stepTimeoutMs)} ms`));
      }, options.stepTimeoutMs);
      const stop = () => {
        clearTimeout(timer);
      };
      begin(
        (value) => {
          stop();
          resolve(value);
        },
        (reason) => {
          stop();
          reject(nameOf(reason));
        },
      );
    });
  }
  const inTime = new AbortController().signal; // The steps have their own time limits.
  const byCode = (reason: unknown) => toUnreachable(reason, inTime);

  return {
    async resolve() {
      const look = options.lookup ?? systemLookup;
      address = await step<string>((resolve, reject) => {
        look(hostname, {}, (error, found) => {
          if (error === null)
            resolve(typeof found === "string" ? found : (found[0]?.address ?? ""));
          else reject(error);
        });
      }, byCode);
      return { ok: true, found: `${hostname} is ${address}` };
    },

    async connect() {
      await step<undefined>((resolve, reject) => {
        socket = connect({ host: address ?? hostname, port });
        socket.once("connect", () => {
          resolve(undefined);
        });
        socket.once("error", reject);
      }, byCode);
      return { ok: true, found: `${address ?? hostname} port ${String(port)}` };
    },

    async secure() {
      const ca = options.certificateAuthority();
      const secured = await step<TLSSocket>(
        (resolve, reject) => {
          const tls = connectTls({
            ...(socket === undefined ? { host: hostname, port } : { socket }),
            servername: hostname,
            minVersion: "TLSv1.2",
            ca,
          });
          tls.once("secureConnect", () => {
            resolve(tls);
          });
          tls.once("error", reject);
          tls.once("close", () => {
            reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }));
          });
        },
        (reason) => toUnreachable(reason, inTime),
      );
      const { valid_to: validTo } = secured.getPeerCertificate();
      const days = Math.floor((Date.parse(validTo) - options.nowMs()) / DAY_MS);
      const protocol = secured.getProtocol() ?? "TLS";
      secured.destroy();
      return {
        ok: true,
        found: `${protocol}, for ${hostname}, valid for ${String(days)} more ${days === 1 ? "day" : "days"}`,
      };
    },

    [Symbol.dispose]() {
      socket?.destroy();
    },
  };
}
