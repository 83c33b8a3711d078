import type { ErrorCode, Who } from "@databox-cmk/errors";

import type { FaultWorld } from "../world/fault-world.ts";
import type { HostileAnswer } from "../world/hostile-broker.ts";

/**
 * Obstacles between an appliance and its broker. The real agent meets each with the given
 * connection.
 */
export type AgentFault = {
  readonly name: string;
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly who: Who;
  readonly answer?: HostileAnswer;
  /** Members of agent.json that differ from those that it was prepared with. */
  readonly settings: (
    world: FaultWorld,
    hostileCaFile: string,
  ) => {
    readonly order?: string;
    readonly connection?: Readonly<Record<string, unknown>>;
  };
};

const unreachable = (reason: string) =>
  ({ code: "BrokerUnreachable", reason, who: "site-operator" }) as const;
/** The agent was prepared with the server's authority, so that TLS is not what stops it. */
const believed = ({ hostile }: FaultWorld, certificateAuthorityFile: string) => ({
  connection: { brokerUrl: hostile.url, certificateAuthorityFile },
});
const HTML = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };

export const AGENT_FAULTS: readonly AgentFault[] = [
  {
    name: "the broker's name does not resolve",
    ...unreachable("dns"),
    settings: () => ({ connection: { brokerUrl: "https://nowhere.localhost:8444" } }),
  },
  {
    name: "no name server answers the appliance",
    ...unreachable("dns"),
    settings: ({ hostile }) => ({
      connection: { dnsServer: `127.0.0.1:${new URL(hostile.closedUrl).port}` },
    }),
  },
  {
    name: "no program listens at the broker's port",
    ...unreachable("connection"),
    settings: ({ hostile }) => ({ connection: { brokerUrl: hostile.closedUrl } }),
  },
  {
    name: "the broker's host takes the connection and says nothing",
    ...unreachable("timeout"),
    settings: ({ hostile }) => ({ connection: { brokerUrl: hostile.muteUrl } }),
  },
  {
    name: "the certificate is by an authority that the agent does not trust",
    ...unreachable("certificate"),
    answer: { status: 403, headers: HTML, body: "<h1>Blocked</h1>" },
    settings: ({ hostile }) => ({ connection: { brokerUrl: hostile.url } }),
  },
  {
    name: "an ingress with the broker's certificate answers with a page",
    ...unreachable("server-error"),
    who: "nobody",
    answer: { status: 502, headers: HTML, body: "<h1>502 Bad Gateway</h1>" },
    settings: believed,
  },
  {
    name: "a captive portal redirects",
    ...unreachable("captive-portal"),
    answer: { status: 302, headers: { location: "https://portal.invalid/" }, body: "" },
    settings: believed,
  },
  {
    name: "a captive portal says so by status 511",
    ...unreachable("captive-portal"),
    answer: { status: 511, headers: HTML, body: "<h1>Welcome to the guest network</h1>" },
    settings: believed,
  },
  {
    name: "a proxy refuses it in the broker's words (403), unsigned",
    ...unreachable("unsigned-answer"),
    answer: {
      status: 403,
      headers: JSON_TYPE,
      body: '{"error":{"code":"SsemUserErrorEncryptionKeyDisabled","message":"The key is disabled."}}',
    },
    settings: believed,
  },
  {
    name: "a proxy grants it, unsigned",
    ...unreachable("unsigned-answer"),
    answer: { status: 200, headers: JSON_TYPE, body: '{"unlocked":true}' },
    settings: believed,
  },
  {
    name: "the broker has no room for the request (503)",
    code: "BrokerBusy",
    who: "nobody",
    answer: {
      status: 503,
      headers: { ...JSON_TYPE, "retry-after": "5" },
      body: '{"error":{"code":"BrokerBusy","message":"The broker cannot take the request now."}}',
    },
    settings: believed,
  },
];
