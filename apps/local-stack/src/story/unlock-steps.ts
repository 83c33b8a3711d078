import type { Appliance, UnlockResult } from "../stack/appliances.ts";
import { type StoryContext, timed } from "./story-context.ts";

export async function prepare(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const node of appliance.nodes) {
    await timed(
      context.report,
      () => node.prepare(),
      (result) => ({ event: "prepare", node: node.serial, ...result }),
    );
  }
}

export async function lock(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const node of appliance.nodes) {
    await timed(
      context.report,
      () => node.lock(),
      (result) => ({ event: "lock", node: node.serial, ...result }),
    );
  }
}

/**
 * After something was taken away: where a daemon keeps the lease it closes the volume by itself.
 */
export async function close(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const { serial, untilClosed } of appliance.nodes) {
    if (untilClosed === undefined) continue;
    await timed(context.report, untilClosed, () => ({
      event: "step",
      step: "Re-locked",
      detail: `node ${serial}: the broker's order arrived; the daemon has closed the volume`,
    }));
  }
  if (appliance.nodes.some(({ untilClosed }) => untilClosed === undefined))
    await lock(context, appliance);
}

/** Where there is a mapped volume: a file in it. */
export async function readData(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const node of appliance.nodes) {
    if (node.readData === undefined) continue;
    await timed(context.report, node.readData, (text) => ({
      event: "step",
      step: "Data",
      detail: `node ${node.serial}: "${text}", read from the ext4 file system in the volume`,
    }));
  }
}

export async function expectUnlocked(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const result of await unlock(context, appliance)) {
    if (result.outcome !== "unlocked") throw unexpected("unlocked", result);
  }
}

export async function expectRefused(
  context: StoryContext,
  appliance: Appliance,
  code: string,
  reason?: string,
): Promise<void> {
  for (const result of await unlock(context, appliance)) {
    const asTold =
      result.outcome === "refused" &&
      result.code === code &&
      (reason === undefined || result.reason === reason);
    if (!asTold) throw unexpected(`refused with ${code} ${reason ?? ""}`, result);
  }
}

async function unlock(context: StoryContext, appliance: Appliance): Promise<UnlockResult[]> {
  const results: UnlockResult[] = [];
  for (const node of appliance.nodes) {
    results.push(
      await timed(
        context.report,
        () => node.unlock(),
        (result) => ({ event: "unlock", node: node.serial, ...result }),
      ),
    );
  }
  return results;
}

function unexpected(expected: string, result: UnlockResult): Error {
  return new Error(`the story expects the node ${expected}, but it is ${JSON.stringify(result)}`);
}
