import type { LocalFailure } from "@databox-cmk/protocol";
import type { Problem } from "@databox-cmk/ui";

/** The appliance's failure in the form that all our pages show. */
export function problemOfFailure(failure: LocalFailure): Problem {
  const { code, reason, title, message, who, ask, detail, vaultRequestId } = failure;
  const requestId = vaultRequestId ?? failure.correlationId;
  return {
    code,
    reason,
    title,
    message: detail === undefined ? message : `${message} (${detail})`,
    class: failure.class,
    who,
    ask,
    steps: failure.steps.map(({ text, command }) =>
      command === undefined ? { text } : { text, command },
    ),
    requestId,
  };
}
