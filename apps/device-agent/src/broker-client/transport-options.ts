import type { BrokerAddress } from "./broker-address.ts";

export type TransportOptions = {
  readonly address: BrokerAddress;
  /** PEM; when given, the only certificates that are trusted. */
  readonly certificateAuthority: string | undefined;
  readonly connectTimeoutMs?: number;
};
