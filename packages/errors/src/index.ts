export { AppError, toAppError, type AppErrorOptions } from "./app-error.ts";
export { explain, type ExplainedStep, type ExplainOptions, type Explanation } from "./explain.ts";
export { renderArmError, type ArmError, type RecoveryInfo } from "./render-arm-error.ts";
export type { ErrorClass, ErrorRow, Facts, Recoverable, Step, Who } from "./row.ts";
export { ERROR_CODES, ERRORS, isErrorCode, type ErrorCode } from "./table.ts";
