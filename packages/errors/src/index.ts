export { AppError, toAppError, type AppErrorOptions } from "./app-error.ts";
export type {
  Check,
  CheckFailure,
  CheckRow,
  CheckStatus,
  Finding,
  NextStep,
} from "./checks/check.ts";
export { decideNextStep } from "./checks/decide-next-step.ts";
export { renderChecks } from "./checks/render-checks.ts";
export { runChecks, type CheckRun, type Probe } from "./checks/run-checks.ts";
export {
  type Cloud,
  CLOUD_NAMES,
  type CloudName,
  cloudOfHost,
  CLOUDS,
  PUBLIC_CLOUD,
} from "./clouds.ts";
export { mapValues, namesOf, withoutUndefined } from "./closed-table.ts";
export {
  explain,
  type ExplainedStep,
  type ExplainOptions,
  type Explanation,
  knownReason,
  readableByFormer,
  reasonOfMessage,
} from "./explain.ts";
export { ANSWERS } from "./table/answers.ts";
export { GERMAN } from "./languages/german.ts";
export { createTranslator, type TextPart } from "./languages/translate.ts";
export { canonicalLocation, type CommerceBoundary, regionOf, regionsOf } from "./regions.ts";
export {
  recoveryOf,
  renderArmError,
  type ArmError,
  type RecoveryInfo,
} from "./render-arm-error.ts";
export type { ErrorClass, ErrorRow, Facts, Recoverable, Step, Who } from "./row.ts";
export { systemCodeOf } from "./system-code-of.ts";
export { ERROR_CODES, ERRORS, isErrorCode, type ErrorCode, type KeyErrorCode } from "./table.ts";
