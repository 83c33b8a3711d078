import { lookup } from "node:dns/promises";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";

import type { Report } from "./core/events.ts";
import { renderHuman, type Tone } from "./output/render-human.ts";
import { renderWhereabouts } from "./output/render-whereabouts.ts";
import { type Appliance, createAppliance as createSoftwareAppliance } from "./stack/appliances.ts";
import { brokerSettings } from "./stack/broker-settings.ts";
import { type Stack, startStack, type StackOptions } from "./stack/start-stack.ts";
import { listenForStop } from "./stop-signal.ts";
import { openPages } from "./story/open-pages.ts";
import { openParticipants } from "./story/open-participants.ts";
import { playStory, playStoryAndDeliver } from "./story/play-story.ts";
import { placeSamples } from "./story/sample-orders.ts";
import type { StoryContext } from "./story/story-context.ts";

export type RunOptions = {
  readonly directory: string;
  /** The command as it was typed, if it is not the usual one. */
  readonly shownDirectory: string | undefined;
  readonly mode: "once" | "serve" | "story-then-serve";
  readonly json: boolean;
  /** After the story: sample orders in every state. */
  readonly demo: boolean;
  /** The appliance is a virtual machine. */
  readonly vm: boolean;
  readonly allowRevert: boolean;
  readonly ports: StackOptions["ports"];
  /** Columns of the terminal. */
  readonly width: number;
};

/** A step of the story that a signal interrupts has this long to end by itself. */
const STEP_END_MS = 3_000;

/**
 * `npm start`: the stack, then the story, then (unless once) serving until a signal.
 *
 * @returns "interrupted" when a signal came before the stack was ready or the story was over.
 */
export async function runStack(options: RunOptions): Promise<"done" | "interrupted"> {
  const { directory, mode, json, width } = options;
  const startedMs = performance.now();
  const stopped = listenForStop(process);
  const report: Report = (event) => {
    print(json ? JSON.stringify(event) : renderHuman(event, width, paint));
  };
  const elapsedMs = () => Math.round(performance.now() - startedMs);

  if (!json) print("Starting Entra ID, Resource Manager, Key Vault and the broker on loopback …");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const stack = await startStack({
    ...options,
    brokerEnvironment: brokerSettings(options),
    ended: (child) => {
      report({ event: "child", outcome: "ended", ...child, elapsedMs: elapsedMs() });
    },
  }).catch(failUnless(stopped));
  if (stack === false) return "interrupted";
  await using opened = new AsyncDisposableStack();
  opened.defer(() => stack.close());
  if (stopped.aborted) return "interrupted";
  const { stackFile } = stack;
  report({ event: "stack", outcome: "ready", stackFile, elapsedMs: elapsedMs() });
  if (mode !== "serve") {
    const told = opened.use(new AsyncDisposableStack());
    const createAppliance = options.vm ? machineMaker(told) : softwareMaker;
    const tell = mode === "once" || options.demo ? playStory : playStoryAndDeliver;
    const play = async (context: StoryContext) => {
      await tell(context);
      if (options.demo) await placeSamples(context);
    };
    const folder = join(directory, "appliances");
    // This broker does not know those of an earlier run, and samples have the same names each time.
    await rm(folder, { recursive: true, force: true });
    const appliances = await tellStory(stack, {
      folder,
      report,
      stopped,
      createAppliance,
      play,
    });
    if (appliances === false) return "interrupted";
    report({ event: "story", outcome: "done", elapsedMs: elapsedMs() });
    if (mode === "story-then-serve") opened.use(await openPages(stack, appliances, report));
  }
  if (mode !== "once") {
    if (!json) {
      const { shownDirectory } = options;
      const resolvesLocalhost = await isLocalhostResolved();
      print(
        renderWhereabouts(stack.description, {
          stackFile,
          directory: shownDirectory,
          resolvesLocalhost,
        }),
      );
    }
    await untilAborted(stopped);
  }
  return "done";
}

/**
 * @returns the appliances of the story; false when it was stopped: no step begins after the signal,
 * and the running one may still end.
 */
async function tellStory(
  stack: Stack,
  {
    folder,
    report,
    stopped,
    createAppliance,
    play,
  }: {
    /** It holds the appliances. */
    readonly folder: string;
    readonly report: Report;
    readonly stopped: AbortSignal;
    readonly createAppliance: ApplianceMaker;
    readonly play: (context: StoryContext) => Promise<void>;
  },
): Promise<readonly Appliance[] | false> {
  const appliances: Appliance[] = [];
  using participants = openParticipants(stack);
  const { customer, customerObjectId, operator } = participants;
  const story = play({
    customer,
    customerObjectId,
    operator,
    stack: stack.description,
    createAppliance: async (order, serials) => {
      const appliance = await createAppliance({
        stack,
        operator,
        order,
        serials,
        directory: folder,
      });
      appliances.push(appliance);
      return appliance;
    },
    retireAppliance: async (appliance) => {
      appliances.splice(appliances.indexOf(appliance), 1);
      stack.removeAppliance(appliance.order);
    },
    report: (event) => {
      stopped.throwIfAborted();
      report(event);
    },
  }).then(() => appliances);
  const interrupted = untilAborted(stopped).then(async () => {
    const deadline = AbortSignal.timeout(STEP_END_MS);
    await Promise.race([story.catch(() => false), untilAborted(deadline)]);
    return false as const;
  });
  return await Promise.race([story.catch(failUnless(stopped)), interrupted]);
}

type ApplianceMaker = (
  options: Parameters<typeof createSoftwareAppliance>[0],
) => Promise<Appliance>;

const softwareMaker: ApplianceMaker = createSoftwareAppliance;

/** Loaded only on request. */
const machineMaker =
  (opened: AsyncDisposableStack): ApplianceMaker =>
  async (options) => {
    const { createVirtualAppliance } = await import("./stack/virtual-appliances.ts");
    return opened.use(await createVirtualAppliance(options));
  };

function failUnless(stopped: AbortSignal): (error: unknown) => false {
  return (error) => {
    if (stopped.aborted) return false;
    throw error;
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Not every system's resolver knows names below `localhost` (RFC 6761 §6.3). */
async function isLocalhostResolved(): Promise<boolean> {
  return lookup("arm.localhost").then(
    () => true,
    () => false,
  );
}

const COLOURS = { good: "green", refused: "red", unreachable: "yellow" } as const;

/** Only for a terminal, and not with NO_COLOR. */
function paint(tone: Tone, text: string): string {
  return styleText(COLOURS[tone], text, { stream: process.stdout });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
