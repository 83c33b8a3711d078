import { setTimeout as delay } from "node:timers/promises";

import type { EmulatedNode } from "@databox-cmk/device-emulator";

/**
 * A software appliance has no power button: one that was shut down from its page is on again after
 * so long.
 */
const SWITCHED_OFF_MS = 10_000;

export type NodePage = AsyncDisposable & { readonly uiUrl: string };

/** The node's daemon with its page, at one address for as long as the stack runs. */
export async function openNodePage(node: EmulatedNode): Promise<NodePage> {
  let service = await node.serve();
  const { uiUrl } = service;
  const closing = new AbortController();
  const keep = async () => {
    for (;;) {
      await service.ended;
      if (closing.signal.aborted) return;
      await delay(SWITCHED_OFF_MS, undefined, { signal: closing.signal });
      if (!node.isOn) node.powerOn();
      service = await node.serve(Number(new URL(uiUrl).port));
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!closing.signal.aborted) throw error;
  });
  return {
    uiUrl,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await service[Symbol.asyncDispose]();
      await kept;
    },
  };
}
