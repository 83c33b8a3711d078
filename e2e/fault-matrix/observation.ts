import type { Denial } from "@databox-cmk/protocol";
import * as z from "zod";

/** The answer of a surface, in the members that every surface has. */
export type Observation = {
  readonly code: string;
  readonly reason?: string;
  readonly class?: string;
  readonly who: string;
  readonly steps: readonly Step[];
  /** HTTP status, where the surface has one. */
  readonly status?: number;
  readonly exitCode?: number;
  readonly outcome?: string;
  /** Everything that it showed. */
  readonly text: string;
  readonly elapsedMs: number;
};
export type Step = { readonly text: string; readonly command?: string | undefined };

const step = z.object({ text: z.string(), command: z.string().optional() });
const recovery = z.object({
  type: z.literal("Recovery"),
  info: z.looseObject({ class: z.string().optional(), who: z.string(), steps: z.array(step) }),
});
const armError = z.object({
  code: z.string(),
  message: z.string(),
  details: z.array(z.object({ code: z.string(), message: z.string() })),
  additionalInfo: z.array(recovery).length(1),
});
const armBody = z.object({ error: armError });
const validation = z.object({
  status: z.enum(["Valid", "Invalid"]),
  checks: z.array(z.object({ name: z.string(), error: armError.optional() })),
});
const agentEvent = z.object({
  outcome: z.string(),
  code: z.string(),
  reason: z.string().optional(),
  class: z.string(),
  who: z.string(),
  steps: z.array(step),
});

export function observeArmError(body: unknown, status: number, elapsedMs: number): Observation {
  return { ...ofArmError(armBody.parse(body).error), status, elapsedMs };
}

/** @returns undefined when the key passed every check */
export function observeValidation(body: unknown, elapsedMs: number): Observation | undefined {
  const { status, checks } = validation.parse(body);
  const error = checks.find((check) => check.error !== undefined)?.error;
  if ((status === "Valid") !== (error === undefined))
    throw new Error(`status ${status}, and yet: ${JSON.stringify(checks)}`);
  return error === undefined
    ? undefined
    : { ...ofArmError(error), text: JSON.stringify(body), elapsedMs };
}

export function observeDenial(denial: Denial, status: number, elapsedMs: number): Observation {
  const { code, reason, who, steps } = denial;
  return {
    code,
    ...(reason === undefined ? {} : { reason }),
    class: denial.class,
    who,
    steps: steps.map(withoutUndefined),
    status,
    text: JSON.stringify(denial),
    elapsedMs,
  };
}

export function observeAgent(event: unknown, exitCode: number, elapsedMs: number): Observation {
  const { code, reason, who, steps, outcome, class: errorClass } = agentEvent.parse(event);
  return {
    code,
    ...(reason === undefined ? {} : { reason }),
    class: errorClass,
    who,
    steps: steps.map(withoutUndefined),
    outcome,
    exitCode,
    text: JSON.stringify(event),
    elapsedMs,
  };
}

function ofArmError(error: z.infer<typeof armError>): Omit<Observation, "elapsedMs"> {
  const [additional] = error.additionalInfo;
  const reason = error.details.find(({ code }) => code !== "detail")?.code;
  return {
    code: error.code,
    ...(reason === undefined ? {} : { reason }),
    ...(additional?.info.class === undefined ? {} : { class: additional.info.class }),
    who: additional?.info.who ?? "",
    steps: (additional?.info.steps ?? []).map(withoutUndefined),
    text: JSON.stringify(error),
  };
}

function withoutUndefined({ text, command }: z.infer<typeof step>): Step {
  return command === undefined ? { text } : { text, command };
}
