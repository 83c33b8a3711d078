import { AppError } from "@databox-cmk/errors";

const FOLDER_FAULTS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its file system is read-only",
  ENOTDIR: "a part of the path is no folder",
  EEXIST: "it is no folder",
  ENOSPC: "its file system is full",
  EDQUOT: "its quota is used up",
};

/** One line for whoever typed the command: what is wrong, and what to do. A bug keeps its stack. */
export function describeFailure(error: unknown, directory: string): string {
  if (error instanceof AppError) return error.detail ?? error.message;
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const fault = "syscall" in error ? FOLDER_FAULTS[code] : undefined;
  if (fault !== undefined)
    return `the folder ${directory} cannot be used, ${fault}: make room or give the right, or choose another folder by --directory`;
  return error.message;
}
