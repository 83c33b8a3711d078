import type { Report } from "../core/events.ts";
import type { Appliance } from "../stack/appliances.ts";
import type { Stack } from "../stack/start-stack.ts";
import { timed } from "./story-context.ts";

/**
 * The page of each node, until the answer is disposed; stack.json says where they are. A page that
 * ends before is no longer in it.
 */
export async function openPages(
  stack: Pick<Stack, "putAppliance">,
  appliances: readonly Appliance[],
  report: Report,
): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  for (const { order, nodes } of appliances) {
    const pages = new Map<string, string>();
    const put = () => {
      const described = nodes.map(({ serial, stateDir }) => {
        return { serial, stateDir, uiUrl: pages.get(serial) };
      });
      stack.putAppliance({ order, nodes: described });
    };
    await Promise.all(
      nodes.map(async ({ serial, openPage }) => {
        if (openPage === undefined) return;
        const openedMs = performance.now();
        const ended = (cause: string) => {
          const elapsedMs = Math.round(performance.now() - openedMs);
          report({ event: "page", outcome: "ended", node: serial, cause, elapsedMs });
          pages.delete(serial);
          put();
        };
        const { uiUrl } = await timed(
          report,
          async () => opened.use(await openPage(ended)),
          (page) => ({ event: "page", outcome: "serving", node: serial, uiUrl: page.uiUrl }),
        );
        pages.set(serial, uiUrl);
      }),
    );
    put();
  }
  return opened.move();
}
