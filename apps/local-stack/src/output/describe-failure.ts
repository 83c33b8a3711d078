import { AppError, systemCodeOf } from "@databox-cmk/errors";

const NO_RIGHT = "this user may not write there: make it writable, or";
const NO_ROOM = "its file system is full: free some space, or";
const FOLDER_FAULTS: Readonly<Record<string, string>> = {
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: "its file system is read-only: mount it writable, or",
  ENOTDIR: "a part of the path is not a folder:",
  EEXIST: "it is not a folder:",
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
};

/** One line for the person who typed the command: the problem, and how to continue. */
export function describeFailure(error: unknown, directory: string): string {
  if (error instanceof AppError) return error.detail ?? error.message;
  if (!(error instanceof Error)) return String(error);
  const code = systemCodeOf(error) ?? "";
  const fault = "syscall" in error ? FOLDER_FAULTS[code] : undefined;
  if (fault !== undefined)
    return `the folder ${directory} cannot be used, ${fault} choose another with --directory`;
  return error.message;
}
