import { messageHash, signMessage } from "@databox-cmk/crypto";
import { type ErrorCode, explain, type ExplainOptions } from "@databox-cmk/errors";
import { JOSE_MEDIA_TYPE, MESSAGE_TYPES } from "@databox-cmk/protocol";
import type { FakeBroker } from "@databox-cmk/testkit";

/** The broker refuses each request to this path, signed, with the names that it knows. */
export function deny(
  broker: FakeBroker,
  pathEnd: string,
  code: ErrorCode,
  {
    retryAfterSeconds,
    typ = MESSAGE_TYPES.denial,
    members,
    ...options
  }: Pick<ExplainOptions, "facts" | "reason"> & {
    readonly retryAfterSeconds?: number;
    readonly typ?: string;
    readonly members?: object;
  } = {},
): void {
  const { class: errorClass, who, title, message, ask, steps } = explain(code, options);
  broker.intercept = async ({ path, request, answer }) => {
    if (!path.endsWith(pathEnd)) return answer;
    const body = await signMessage(broker.signingKey, typ, {
      requestHash: messageHash(request),
      code,
      reason: options.reason,
      class: errorClass,
      who,
      title,
      message,
      ask,
      steps,
      correlationId: "11111111-1111-4111-8111-111111111111",
      retryAfterSeconds,
      ...members,
    });
    return { status: 409, headers: { "content-type": JOSE_MEDIA_TYPE }, body };
  };
}
