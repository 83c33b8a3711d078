import type { Report } from "../core/events.ts";
import type { Appliance } from "../stack/appliances.ts";
import type { Stack } from "../stack/start-stack.ts";
import { timed } from "./story-context.ts";

/** The page of each node, until the answer is disposed; stack.json says where they are. */
export async function openPages(
  stack: Pick<Stack, "putAppliance">,
  appliances: readonly Appliance[],
  report: Report,
): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  for (const { order, nodes } of appliances) {
    const served = await Promise.all(
      nodes.map(async ({ serial, stateDir, openPage }) => {
        if (openPage === undefined) return { serial, stateDir };
        const openedMs = performance.now();
        const ended = (cause: string) => {
          const elapsedMs = Math.round(performance.now() - openedMs);
          report({ event: "page", outcome: "ended", node: serial, cause, elapsedMs });
        };
        const { uiUrl } = await timed(
          report,
          async () => opened.use(await openPage(ended)),
          (page) => ({ event: "page", outcome: "serving", node: serial, uiUrl: page.uiUrl }),
        );
        return { serial, stateDir, uiUrl };
      }),
    );
    await stack.putAppliance({ order, nodes: served });
  }
  return opened.move();
}
