import type { Report, StackEvent, Timed } from "../core/events.ts";
import type { StackDescription } from "../core/stack-description.ts";
import type { Appliance } from "../stack/appliances.ts";
import type { Participants } from "./open-participants.ts";

export type StoryContext = Pick<Participants, "customer" | "customerObjectId" | "operator"> & {
  readonly stack: StackDescription;
  createAppliance(order: string, serials: readonly string[]): Promise<Appliance>;
  /** After its erasure: it has no page, and no command of a person reaches it. */
  retireAppliance(appliance: Appliance): Promise<void>;
  readonly report: Report;
};
/** The dependencies of a step that only the customer takes. */
export type CustomerContext = Pick<
  StoryContext,
  "stack" | "customer" | "customerObjectId" | "report"
>;

/** The stack answers at once; the SDK's own polling pace is made for the cloud. */
export const POLL = { updateIntervalInMs: 20 };

/** Does a step and reports it with one line. */
export const step = <Result>(
  { report }: Pick<StoryContext, "report">,
  name: string,
  detail: string | ((result: Result) => string),
  work: () => Promise<Result>,
): Promise<Result> =>
  timed(report, work, (result) => ({
    event: "step",
    step: name,
    detail: typeof detail === "string" ? detail : detail(result),
  }));

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
