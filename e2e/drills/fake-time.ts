import { existsSync } from "node:fs";

const FOLDERS = [
  "/usr/lib/x86_64-linux-gnu/faketime",
  "/usr/lib/aarch64-linux-gnu/faketime",
  "/usr/lib/faketime",
];
const library = FOLDERS.map((folder) => `${folder}/libfaketimeMT.so.1`).find((path) =>
  existsSync(path),
);

/** Debian's faketime is installed. */
export const hasFakeTime = library !== undefined;

/** Environment of a process whose wall clock is wrong; its monotonic clock is not. */
export const TEN_YEARS_AHEAD = {
  LD_PRELOAD: library ?? "",
  FAKETIME: "+10y",
  FAKETIME_DONT_FAKE_MONOTONIC: "1",
};
