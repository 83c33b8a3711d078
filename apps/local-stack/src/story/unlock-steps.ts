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

const TEXT = "written at the customer's site";

/** If the kernel maps the volume. */
export async function writeData(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const { serial, data } of appliance.nodes) {
    if (data === undefined) continue;
    await timed(
      context.report,
      () => data.write(TEXT),
      () => ({
        event: "step",
        step: "Written",
        detail: `a file on node ${serial}, in the ext4 file system of its volume: "${TEXT}"`,
      }),
    );
  }
}

/** Fails if the file is not as it was written at the site. */
export async function readData(
  context: StoryContext,
  appliance: Appliance,
  where: string,
): Promise<void> {
  for (const { serial, data } of appliance.nodes) {
    if (data === undefined) continue;
    const text = await timed(
      context.report,
      () => data.read(),
      (found) => ({
        event: "step",
        step: "Read",
        detail: `the file on node ${serial}, ${where}: "${found}"`,
      }),
    );
    if (text !== TEXT) throw new Error(`the story expects "${TEXT}" in the file of ${serial}`);
  }
}

export async function expectUnlocked(
  context: StoryContext,
  appliance: Appliance,
  purpose?: "ingest",
): Promise<void> {
  for (const result of await unlock(context, appliance, purpose)) {
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

/** Each node by itself; where its disk can be seen, nothing is left on it. */
export async function erase(context: StoryContext, appliance: Appliance): Promise<void> {
  for (const node of appliance.nodes) {
    await timed(
      context.report,
      () => node.erase(),
      (result) => ({ event: "erase", node: node.serial, ...result }),
    );
    if (node.isBlank === undefined) continue;
    const isBlank = await timed(context.report, node.isBlank, () => ({
      event: "step",
      step: "Gone",
      detail: `node ${node.serial}: its whole disk reads as zeros`,
    }));
    if (!isBlank) throw new Error(`the story expects the disk of ${node.serial} to be blank`);
  }
}

async function unlock(
  context: StoryContext,
  appliance: Appliance,
  purpose?: "ingest",
): Promise<UnlockResult[]> {
  const results: UnlockResult[] = [];
  for (const node of appliance.nodes) {
    results.push(
      await timed(
        context.report,
        () => node.unlock(purpose),
        (result) => ({ event: "unlock", node: node.serial, purpose, ...result }),
      ),
    );
  }
  return results;
}

function unexpected(expected: string, result: UnlockResult): Error {
  return new Error(`the story expects the node ${expected}, but it is ${JSON.stringify(result)}`);
}
