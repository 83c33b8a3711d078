import type { StackOptions } from "@databox-cmk/local-stack";

import { openWorld, type World } from "../../harness/open-world.ts";
import { openBrowser, type StackBrowser } from "./open-browser.ts";

export type PortalWorld = {
  readonly world: World;
  readonly browser: StackBrowser;
  /** Path below `/portal` of a page of an order. */
  orderPath(order: string, page?: string): string;
  [Symbol.asyncDispose](): Promise<void>;
};

/** A stack of its own and a browser in front of it. */
export async function openPortalWorld(
  pictures: string,
  options: Partial<StackOptions> = {},
): Promise<PortalWorld> {
  await using opened = new AsyncDisposableStack();
  const world = opened.use(await openWorld(() => options));
  const { description } = world.stack;
  const browser = opened.use(await openBrowser(description, pictures));
  const resources = opened.move();
  const { subscriptionId, resourceGroup } = description;
  return {
    world,
    browser,
    orderPath: (order, page) =>
      ["/orders", subscriptionId, resourceGroup, order, ...(page === undefined ? [] : [page])].join(
        "/",
      ),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
