import type { Transport } from "@databox-cmk/testkit";
import * as z from "zod";

const fault = z.looseObject({ id: z.string(), draws: z.number() });
const faults = z.looseObject({ value: z.array(fault) });
const json = { "content-type": "application/json" };

export type VaultCalls = {
  /** Requests that reached any key vault since the counting began. */
  count(): Promise<number>;
};

/**
 * Counts by the emulator's control API: a fault that delays each request by nothing tells how often
 * it struck.
 */
export async function countVaultCalls(control: Transport): Promise<VaultCalls> {
  const effect = { kind: "latency", distribution: { kind: "fixed", ms: 0 } };
  const body = JSON.stringify({ scope: { service: "key-vault" }, effect });
  const made = await control.send("POST", "/faults", { headers: json, body });
  const { id } = fault.parse(JSON.parse(made.text));
  return {
    async count() {
      const { text } = await control.send("GET", "/faults");
      const counting = faults.parse(JSON.parse(text)).value.find((each) => each.id === id);
      if (counting === undefined) throw new Error("the counting fault was removed");
      return counting.draws;
    },
  };
}
