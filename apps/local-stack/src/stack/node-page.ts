import { setTimeout as delay } from "node:timers/promises";

import type { EmulatedNode } from "@databox-cmk/device-emulator";

/**
 * A software appliance has no power button: one that was shut down from its page is on again after
 * so long.
 */
const SWITCHED_OFF_MS = 10_000;

export type NodePage = AsyncDisposable & { readonly uiUrl: string };

/**
 * The node's daemon with its page, at one address until it is disposed. A node that was shut down
 * is served again; one that can no longer be served, such as an erased one, ends its page.
 *
 * @param ended - hears why the page ended before it was disposed
 */
export async function openNodePage(
  node: Pick<EmulatedNode, "isOn" | "powerOn" | "serve">,
  ended: (cause: string) => void,
  switchedOffMs = SWITCHED_OFF_MS,
): Promise<NodePage> {
  let service = await node.serve();
  const { uiUrl } = service;
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  const keep = async () => {
    for (;;) {
      await service.ended;
      if (isClosing()) return;
      await delay(switchedOffMs, undefined, { signal: closing.signal });
      if (!node.isOn) node.powerOn();
      service = await node.serve(Number(new URL(uiUrl).port));
      if (isClosing()) await service[Symbol.asyncDispose]();
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!isClosing()) ended(error instanceof Error ? error.message : String(error));
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
