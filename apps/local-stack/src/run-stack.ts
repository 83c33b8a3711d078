import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { createAzureClients } from "./azure/clients.ts";
import { createOperatorClient } from "./azure/operator-client.ts";
import { createTransport } from "./azure/transport.ts";
import type { Report } from "./core/events.ts";
import { renderHuman } from "./output/render-human.ts";
import { renderWhereabouts } from "./output/render-whereabouts.ts";
import { createAppliance } from "./stack/appliances.ts";
import { type Stack, startStack, type StackOptions } from "./stack/start-stack.ts";
import { playStory } from "./story/play-story.ts";

export type RunOptions = {
  readonly directory: string;
  readonly mode: "once" | "serve" | "story-then-serve";
  readonly json: boolean;
  readonly ports: StackOptions["ports"];
};

/** `npm start`: the stack, then the story, then (unless once) serving until a signal. */
export async function runStack(options: RunOptions): Promise<void> {
  const startedMs = performance.now();
  const report: Report = (event) => {
    process.stdout.write(`${options.json ? JSON.stringify(event) : renderHuman(event)}\n`);
  };
  const stopped = untilSignal();
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const stack = await startStack(options);
  try {
    report({
      event: "stack",
      outcome: "ready",
      stackFile: stack.stackFile,
      elapsedMs: Math.round(performance.now() - startedMs),
    });
    if (options.mode !== "serve") {
      const ended = await Promise.race([play(stack, options, report).then(() => "told"), stopped]);
      if (ended !== "told") return;
      report({
        event: "story",
        outcome: "done",
        elapsedMs: Math.round(performance.now() - startedMs),
      });
    }
    if (options.mode !== "once") {
      if (!options.json)
        process.stdout.write(renderWhereabouts(stack.description, stack.stackFile));
      await stopped;
    }
  } finally {
    await stack.close();
  }
}

async function play(stack: Stack, options: RunOptions, report: Report): Promise<void> {
  const { description, caPem, directory } = stack;
  const owner = directory.client("Owner");
  using customer = createAzureClients(description, caPem, owner);
  using operatorClients = createAzureClients(
    description,
    caPem,
    directory.client("Datacenter Operator"),
  );
  using transport = createTransport(caPem);
  const operator = createOperatorClient({
    brokerUrl: description.brokerUrl,
    scope: `${description.armUrl}/.default`,
    credential: operatorClients.credential,
    policies: transport.policies,
  });
  await playStory({
    stack: description,
    customer,
    customerObjectId: owner.objectId,
    operator,
    createAppliance: (order, serials) =>
      createAppliance({
        stack,
        operator,
        order,
        serials,
        directory: join(options.directory, "appliances"),
      }),
    report,
  });
}

/** Resolves at Ctrl-C or SIGTERM; a second one ends the process at once. */
function untilSignal(): Promise<"signal"> {
  return new Promise((resolve) => {
    const stop = () => {
      resolve("signal");
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}
