import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { expect, test } from "vitest";

import { openNodePage } from "./node-page.ts";

/** A node whose daemon ends when it is told, and that cannot be served once it is erased. */
function createNode() {
  const served: (number | undefined)[] = [];
  let power = true;
  let erased = false;
  let end: (() => void) | undefined;
  return {
    served,
    shutDown() {
      power = false;
      end?.();
    },
    erase() {
      erased = true;
      end?.();
    },
    get isOn() {
      return power;
    },
    powerOn() {
      power = true;
    },
    async serve(port?: number) {
      served.push(port);
      if (erased) throw new Error("The node is erased (NodeErased)");
      const { promise, resolve } = Promise.withResolvers<void>();
      end = resolve;
      return {
        uiUrl: "https://127.0.0.1:4711",
        ended: promise,
        async [Symbol.asyncDispose]() {
          resolve();
        },
      };
    },
  } satisfies Pick<EmulatedNode, "isOn" | "powerOn" | "serve"> & Record<string, unknown>;
}

test("the page of a node that is erased ends with the reason, and nothing else does", async () => {
  const node = createNode();
  const heard = Promise.withResolvers<string>();
  await using page = await openNodePage(node, heard.resolve, 0);
  node.shutDown();
  await expect.poll(() => node.served).toEqual([undefined, 4711]);
  expect(node.isOn).toBe(true);
  node.erase();
  expect(await heard.promise).toBe("The node is erased (NodeErased)");
  expect(page.uiUrl).toBe("https://127.0.0.1:4711");
});

test("a page that is closed says nothing", async () => {
  const causes: string[] = [];
  const node = createNode();
  const page = await openNodePage(node, (cause) => causes.push(cause), 60_000);
  node.erase();
  await page[Symbol.asyncDispose]();
  expect(causes).toEqual([]);
});
