import type { StackDescription } from "../core/stack-description.ts";

/** The commands that call an emulator that runs; the others start one. */
const CALLS = new Set(["fault", "clock"]);

/** The words of a command of the emulator, completed with the address and the CA of the stack. */
export function emulatorParameters(
  words: readonly string[],
  stack: Pick<StackDescription, "emulatorControlUrl" | "caFile"> | undefined,
): readonly string[] {
  if (stack === undefined || !CALLS.has(words[0] ?? "")) return words;
  const isGiven = (name: string) =>
    words.some((word) => word === name || word.startsWith(`${name}=`));
  return [
    ...words,
    ...(isGiven("--control-url") ? [] : ["--control-url", stack.emulatorControlUrl]),
    ...(isGiven("--ca") ? [] : ["--ca", stack.caFile]),
  ];
}
