import { AppError } from "./app-error.ts";

/**
 * Such as ENOENT, SQLITE_FULL, 57P01 or ECONNRESET: the code that a system or a driver gave an
 * error, never a person's text.
 */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof AppError) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
