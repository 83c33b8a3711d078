import { explain, isErrorCode } from "@databox-cmk/errors";
import { type Problem, problemOfCode } from "@databox-cmk/ui";
import * as z from "zod/mini";

import { WHO } from "./who.ts";

const step = z.object({ text: z.string(), command: z.optional(z.string()) });
/** An error inside a resource only says who must act and how. */
const recovery = z.object({
  class: z.optional(z.string()),
  who: z.enum(WHO),
  recoverable: z.optional(z.enum(["yes", "no", "until-date"])),
  reason: z.optional(z.string()),
  steps: z.array(step),
  requestId: z.optional(z.string()),
});
/**
 * Resource Manager's error, of the broker or of Azure itself: Azure's own has only code and
 * message.
 */
const armError = z.object({
  code: z.string(),
  message: z.string(),
  target: z.optional(z.nullable(z.string())),
  details: z.optional(
    z.nullable(z.array(z.nullable(z.object({ code: z.string(), message: z.string() })))),
  ),
  additionalInfo: z.optional(z.array(z.object({ type: z.string(), info: z.unknown() }))),
});
type ArmError = z.infer<typeof armError>;
const armErrorBody = z.object({ error: armError });

/** A proxy's page and an answer of another shape are no answers of the service. */
export type Silence = "connection" | "foreign-answer";

/** The problem in an ARM error; `undefined` when it is not one. */
export function readProblem(
  body: unknown,
): { problem: Problem; additionalInfo: NonNullable<ArmError["additionalInfo"]> } | undefined {
  const parsed = z.safeParse(armErrorBody, body);
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  return { problem: problemOfError(error), additionalInfo: error.additionalInfo ?? [] };
}

/** An error in a resource or an answer has the same shape. */
export function problemOfError(error: ArmError): Problem {
  const told = error.additionalInfo?.find(({ type }) => type === "Recovery")?.info;
  const parsed = z.safeParse(recovery, told);
  const info = parsed.success ? parsed.data : undefined;
  if (info === undefined) return problemWithoutRecovery(error);
  const row = isErrorCode(error.code) ? explain(error.code) : undefined;
  const recoverable = info.recoverable ?? row?.recoverable;
  return {
    code: error.code,
    reason: info.reason,
    title: row?.title ?? error.code,
    message: messageOf(error),
    class: info.class ?? row?.class ?? "refused",
    who: info.who,
    recoverable,
    steps: info.steps.map(({ text, command }) =>
      command === undefined ? { text } : { text, command },
    ),
    requestId: info.requestId,
  };
}

/**
 * The case's own detail is in `details`, and in the message of an answer but not of an error inside
 * a resource.
 */
function messageOf({ message, details }: ArmError): string {
  const detail = details?.find((each) => each?.code === "detail")?.message;
  return detail === undefined || message.includes(detail) ? message : `${message}: ${detail}`;
}

/** An error of Azure's own: our table's row for a known code, otherwise Azure's text. */
function problemWithoutRecovery({ code, message }: ArmError): Problem {
  if (isErrorCode(code)) return { ...explain(code), message };
  return { code, title: code, message, class: "refused", who: "order-owner", steps: [] };
}

/** The problem of a call without an answer of the service. */
export function problemOfSilence(reason: Silence, detail: string | undefined): Problem {
  const problem = problemOfCode("PortalUnreachable", { reason });
  return detail === undefined ? problem : { ...problem, message: `${problem.message} (${detail})` };
}
