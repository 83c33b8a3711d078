import type { AzureClients } from "../azure/clients.ts";
import type { OperatorClient } from "../azure/operator-client.ts";
import type { Report, StackEvent, Timed } from "../core/events.ts";
import type { StackDescription } from "../core/stack-description.ts";
import type { Appliance } from "../stack/appliances.ts";

export type StoryContext = {
  readonly stack: StackDescription;
  readonly customer: AzureClients;
  /** Entra object id of the customer's administrator, who makes the key. */
  readonly customerObjectId: string;
  readonly operator: OperatorClient;
  createAppliance(order: string, serials: readonly string[]): Promise<Appliance>;
  readonly report: Report;
};

/** The stack answers at once; the SDK's own polling pace is made for the cloud. */
export const POLL = { updateIntervalInMs: 20 };

/** Does a step and reports it with the time it took. */
export async function timed<Result>(
  report: Report,
  work: () => Promise<Result>,
  describe: (result: Result) => StackEvent,
): Promise<Result> {
  const startedMs = performance.now();
  const result = await work();
  const event: Timed<StackEvent> = {
    ...describe(result),
    elapsedMs: Math.round((performance.now() - startedMs) * 10) / 10,
  };
  report(event);
  return result;
}
