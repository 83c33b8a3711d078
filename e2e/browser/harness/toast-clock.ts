import type { Locator, Page } from "playwright-core";

const SLOW = 0.05;

/**
 * A toast's time is an animation of the browser: a slow one outlasts a busy machine, and the
 * pointer on the toast stops it.
 */
export async function createToastClock(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Animation.enable");
  const run = (playbackRate: number) => session.send("Animation.setPlaybackRate", { playbackRate });
  return {
    /** Before the action whose toast is awaited. */
    slow: () => run(SLOW),
    /** Points at the toast once it has slid in. */
    async stop(toast: Locator): Promise<void> {
      const clock = (status: string) => toast.locator(`[data-timer-status="${status}"]`);
      await page.mouse.move(0, 0);
      await clock("running").waitFor({ state: "attached" });
      await toast.hover();
      await clock("paused").waitFor({ state: "attached" });
    },
    usual: () => run(1),
  };
}
