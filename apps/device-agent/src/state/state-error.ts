import { AppError, systemCodeOf } from "@databox-cmk/errors";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** A failed write in the state folder → the action that the person at the appliance can take. */
export function toStateError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = systemCode(error);
  return new AppError(FULL.has(code) ? "DiskFull" : "AgentStateUnwritable", {
    target: path,
    detail: `${path}: ${describe(code)}`,
    cause: error,
  });
}

/** Says why a file or folder of the agent cannot be used. */
export function unreadable(path: string, what: string, cause?: unknown): AppError {
  return new AppError("AgentStateUnreadable", { target: path, detail: `${path}: ${what}`, cause });
}

export const systemCode = (error: unknown): string => systemCodeOf(error) ?? "unknown";

function describe(code: string): string {
  switch (code) {
    case "EROFS":
      return "the file system is read-only";
    case "EACCES":
    case "EPERM":
      return "this account may not write here";
    case "ENOENT":
    case "ENOTDIR":
      return "the folder does not exist";
    case "ENOSPC":
      return "no space left on the device";
    case "EDQUOT":
      return "the disk quota is used up";
    default:
      return `cannot be written (${code})`;
  }
}
