import { BlockList, isIP, isIPv6 } from "node:net";

import * as z from "zod";

type Labels = Readonly<Record<string, string>>;

const selector = z.strictObject({ matchLabels: z.record(z.string(), z.string()).optional() });
const peerRule = z.strictObject({
  podSelector: selector.optional(),
  namespaceSelector: selector.optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
});
const port = z.strictObject({
  port: z.union([z.number(), z.string()]),
  protocol: z.enum(["TCP", "UDP"]).optional(),
});
/** The parts of a policy that are evaluated; any other member is an error. */
const networkPolicy = z.object({
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.tuple([z.literal("Ingress"), z.literal("Egress")]),
    ingress: z.array(
      z.strictObject({ from: z.array(peerRule).optional(), ports: z.array(port).optional() }),
    ),
    egress: z.array(
      z.strictObject({ to: z.array(peerRule).optional(), ports: z.array(port).optional() }),
    ),
  }),
});
type PolicySpec = z.infer<typeof networkPolicy>["spec"];
type PeerRule = z.infer<typeof peerRule>;
type Rule = {
  readonly peers: readonly PeerRule[] | undefined;
  readonly ports: readonly z.infer<typeof port>[] | undefined;
};

/** The other side of a connection, and the port at which it arrives. */
export type Peer = {
  /** Of a pod; absent: an address outside of the cluster. */
  readonly labels?: Labels;
  /** Labels of its namespace. */
  readonly namespace?: Labels;
  readonly address: string;
  readonly port: number | string;
  readonly protocol?: "UDP";
};

/** Whether a selector selects: it must have labels, since one without selects everything. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  const pairs = Object.entries(wanted);
  return pairs.length > 0 && pairs.every(([name, value]) => labels[name] === value);
}

/**
 * Evaluates one policy for the pods that it selects, as networking.k8s.io/v1 defines it: a rule
 * allows a connection that one of its peers and one of its ports match. A pod that the policy does
 * not select may do everything. No npm package evaluates policies.
 */
export function mayReach(policy: unknown, pod: Labels, peer: Peer): boolean {
  const { spec } = networkPolicy.parse(policy);
  return isAllowed(
    spec,
    pod,
    peer,
    spec.egress.map(({ to, ports }) => ({ peers: to, ports })),
  );
}

/** The same for a connection that arrives. */
export function mayEnter(policy: unknown, pod: Labels, peer: Peer): boolean {
  const { spec } = networkPolicy.parse(policy);
  return isAllowed(
    spec,
    pod,
    peer,
    spec.ingress.map(({ from, ports }) => ({ peers: from, ports })),
  );
}

const isAllowed = (
  { podSelector }: PolicySpec,
  pod: Labels,
  peer: Peer,
  rules: readonly Rule[],
): boolean =>
  !selects(podSelector, pod) ||
  rules.some(
    ({ peers, ports }) =>
      (peers === undefined || peers.some((each) => isPeer(each, peer))) &&
      (ports === undefined || ports.some((each) => isPort(each, peer))),
  );

const isPort = (rule: z.infer<typeof port>, peer: Peer): boolean =>
  rule.port === peer.port && (rule.protocol ?? "TCP") === (peer.protocol ?? "TCP");

const selects = ({ matchLabels = {} }: z.infer<typeof selector>, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([name, value]) => labels[name] === value);

function isPeer({ podSelector, namespaceSelector, ipBlock }: PeerRule, peer: Peer): boolean {
  if (ipBlock !== undefined)
    return (
      peer.labels === undefined &&
      isWithin(ipBlock.cidr, peer.address) &&
      !(ipBlock.except ?? []).some((cidr) => isWithin(cidr, peer.address))
    );
  // Without a selector of namespaces, a peer is of the policy's own one.
  if (peer.labels === undefined || namespaceSelector === undefined) return false;
  return (
    selects(namespaceSelector, peer.namespace ?? {}) && selects(podSelector ?? {}, peer.labels)
  );
}

function isWithin(cidr: string, address: string): boolean {
  const [network = "", bits = ""] = cidr.split("/");
  if (isIP(network) !== isIP(address)) return false;
  const family = isIPv6(network) ? "ipv6" : "ipv4";
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}
