import type { AppError } from "./app-error.ts";
import { withoutUndefined } from "./closed-table.ts";
import { explain, type ExplainedStep } from "./explain.ts";
import type { ErrorClass, Facts, Recoverable, Who } from "./row.ts";
import type { ErrorCode } from "./table.ts";
import { ANSWERS } from "./table/answers.ts";

export type RecoveryInfo = {
  readonly class: ErrorClass;
  readonly who: Who;
  readonly recoverable: Recoverable;
  readonly reason?: string | undefined;
  readonly ask: string;
  readonly steps: readonly ExplainedStep[];
  /** Where the code is explained, relative to the repository. */
  readonly docs: string;
  readonly requestId?: string | undefined;
};

export type ArmError = {
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly code: ErrorCode;
      readonly message: string;
      readonly target?: string | undefined;
      readonly details: readonly { readonly code: string; readonly message: string }[];
      readonly additionalInfo: readonly {
        readonly type: "Recovery";
        readonly info: RecoveryInfo;
      }[];
    };
  };
};

export type ErrorContext = {
  readonly requestId?: string | undefined;
  /** Facts that only the request has; the error's own facts take precedence. */
  readonly facts?: Facts | undefined;
};

/**
 * Codes whose recorded Azure message is "problem CRLF action": scripts split it there, so we keep
 * the two lines in our own words. All our other messages are one line.
 */
const ACTION_LINES: Partial<Record<ErrorCode, string>> = {
  SsemUserErrorSecretsNotGenerated: ANSWERS.tryInMinutes,
  SsemUserErrorEntityNotFound: ANSWERS.checkName,
};

/**
 * The explanation of a code in every error that a program or a page reads: in answers, and inside
 * of resources.
 */
export function recoveryOf(
  code: ErrorCode,
  {
    reason,
    ...context
  }: { readonly reason?: string | undefined; readonly facts?: Facts | undefined } & Pick<
    ErrorContext,
    "requestId"
  > = {},
): RecoveryInfo {
  const explanation = explain(code, { reason, facts: context.facts });
  return {
    class: explanation.class,
    who: explanation.who,
    recoverable: explanation.recoverable,
    ...withoutUndefined({ reason }),
    ask: explanation.ask,
    steps: explanation.steps,
    docs: `docs/reference/errors.md#${anchorOf(code)}`,
    ...withoutUndefined({ requestId: context.requestId }),
  };
}

/** The ARM error answer (Common API Details, "Error Response Content"). The cause is not shown. */
export function renderArmError(error: AppError, context: ErrorContext = {}): ArmError {
  const facts = { ...context.facts, ...error.facts };
  const explanation = explain(error.code, { reason: error.reason, facts });
  const details = [
    ...(error.reason === undefined ? [] : [{ code: error.reason, message: explanation.message }]),
    ...(error.detail === undefined ? [] : [{ code: "detail", message: error.detail }]),
  ];
  return {
    status: explanation.httpStatus,
    body: {
      error: {
        code: error.code,
        message: messageOf(error, explanation.message),
        ...withoutUndefined({ target: error.target }),
        details,
        additionalInfo: [
          {
            type: "Recovery",
            info: recoveryOf(error.code, {
              reason: error.reason,
              facts,
              requestId: context.requestId,
            }),
          },
        ],
      },
    },
  };
}

/**
 * The heading of a code in docs/reference/errors.md is the code itself; GitHub's anchor of it is
 * lower case.
 */
export function anchorOf(code: ErrorCode): string {
  return code.toLowerCase();
}

function messageOf(error: AppError, message: string): string {
  const problem = error.detail === undefined ? `${message}.` : `${message}: ${error.detail}.`;
  const action = ACTION_LINES[error.code];
  return action === undefined ? problem : `${problem}\r\n${action}`;
}
