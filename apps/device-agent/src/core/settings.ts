import { orderId, publicKey, recoveryKeys, serial, suiteName, uuid } from "@databox-cmk/protocol";
import * as z from "zod/mini";

export const VOLUME_KINDS = ["luks2", "file"] as const;
export type VolumeKind = (typeof VOLUME_KINDS)[number];

const path = z.string().check(z.minLength(1), z.maxLength(4096));

const brokerUrl = z.string().check(z.maxLength(512), z.regex(/^https:\/\/[^/?#@\s]+$/));
export const OTHER_BROKERS_MAX = 3;

/** How this machine reaches its broker. */
const connection = z.strictObject({
  brokerUrl,
  /** Addresses of the same broker, tried in this order when the former ones do not connect. */
  otherBrokers: z.optional(z.array(brokerUrl).check(z.maxLength(OTHER_BROKERS_MAX))),
  /**
   * The only authorities that the broker's certificate may chain to; without it the public ones
   * that Node carries.
   */
  certificateAuthorityFile: z.optional(path),
  dnsServer: z.optional(z.string().check(z.maxLength(64))),
  resolveLocalhost: z.boolean(),
});
export type Connection = z.infer<typeof connection>;

/** In the order in which they are tried. */
export const brokerUrls = ({
  brokerUrl: first,
  otherBrokers = [],
}: {
  readonly brokerUrl: string;
  readonly otherBrokers?: readonly string[] | undefined;
}): readonly string[] => [first, ...otherBrokers];

/** agent.json: the result of preparation. Written by the step that enrols, and by `reconnect`. */
export const settings = z.strictObject({
  version: z.literal(1),
  connection,
  order: orderId,
  serial,
  volume: z.strictObject({ kind: z.enum(VOLUME_KINDS), path }),
  /** Identity of this node's envelope; no other is ever accepted. */
  env: uuid,
  suite: suiteName,
  brokerKeys: z.array(publicKey).check(z.minLength(1), z.maxLength(4)),
  passkeyOrigin: z.enum(["generated", "customer"]),
  /** In split custody: for whom this node's share is copied. */
  recoveryKeys: z.optional(recoveryKeys),
  bootIdFile: z.optional(path),
});
export type Settings = z.infer<typeof settings>;
