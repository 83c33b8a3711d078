import { SENDER_NETWORKS_MAX, senderNetwork } from "@databox-cmk/protocol";

export type NetworkFault = {
  readonly kind: "invalid" | "all" | "twice" | "tooMany";
  readonly network: string;
};

/** @returns the first reason why the service would not accept these networks */
export function findNetworkFault(networks: readonly string[]): NetworkFault | undefined {
  for (const [index, network] of networks.entries()) {
    const { error } = senderNetwork.safeParse(network);
    if (error !== undefined)
      return { kind: error.issues[0]?.code === "custom" ? "all" : "invalid", network };
    if (networks.indexOf(network) !== index) return { kind: "twice", network };
    if (index >= SENDER_NETWORKS_MAX) return { kind: "tooMany", network };
  }
  return undefined;
}
