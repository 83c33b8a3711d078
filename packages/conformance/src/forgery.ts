import type { FakeBroker, FakeNode } from "@databox-cmk/testkit";

/** A forger has the broker, its keys, and its honest answer to this request. */
export type Forgery = {
  readonly broker: FakeBroker;
  readonly serial: string;
  readonly honest: string;
  readonly request: string;
};
/** Makes an answer that the broker would not give. */
export type Forge = (forgery: Forgery) => Promise<string> | string;

export function nodeOf({ broker, serial }: Pick<Forgery, "broker" | "serial">): FakeNode {
  const node = broker.nodes.get(serial);
  if (node === undefined) throw new Error("the node is not known");
  return node;
}
