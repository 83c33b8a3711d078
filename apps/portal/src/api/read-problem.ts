import { explain, isErrorCode } from "@databox-cmk/errors";
import { type ArmErrorView, armErrorView, recoveryView } from "@databox-cmk/protocol";
import { type Problem, problemOfCode } from "@databox-cmk/ui";
import * as z from "zod/mini";

const armErrorBody = z.object({ error: armErrorView });

/** A proxy's page and an answer of another shape do not come from the service. */
export type Silence = "connection" | "foreign-answer";

/** The problem in an ARM error; `undefined` when it is not one. */
export function readProblem(
  body: unknown,
): { problem: Problem; additionalInfo: NonNullable<ArmErrorView["additionalInfo"]> } | undefined {
  const parsed = z.safeParse(armErrorBody, body);
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  return { problem: problemOfError(error), additionalInfo: error.additionalInfo ?? [] };
}

/** An error in a resource or an answer has the same shape. */
export function problemOfError(error: ArmErrorView): Problem {
  const told = error.additionalInfo?.find(({ type }) => type === "Recovery")?.info;
  const parsed = z.safeParse(recoveryView, told);
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
function messageOf({ message, details }: ArmErrorView): string {
  const detail = details?.find((each) => each?.code === "detail")?.message;
  return detail === undefined || message.includes(detail) ? message : `${message}: ${detail}`;
}

/** An error of Azure's own: our table's row for a known code, otherwise Azure's text. */
function problemWithoutRecovery({ code, message }: ArmErrorView): Problem {
  if (isErrorCode(code)) return { ...explain(code), message };
  return { code, title: code, message, class: "refused", who: "order-owner", steps: [] };
}

/** The problem of a call without an answer of the service. */
export function problemOfSilence(reason: Silence, detail: string | undefined): Problem {
  const problem = problemOfCode("PortalUnreachable", { reason });
  return detail === undefined ? problem : { ...problem, message: `${problem.message} (${detail})` };
}
