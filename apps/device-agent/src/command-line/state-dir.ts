export const DEFAULT_STATE_DIR = "/var/lib/databox-agent";

/** `--state-dir D` or `--state-dir=D` of an unparsed command line. */
export function stateDirOf(words: readonly string[]): string {
  const name = "--state-dir";
  for (const [index, word] of words.entries()) {
    if (word === name) return words[index + 1] ?? DEFAULT_STATE_DIR;
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  }
  return DEFAULT_STATE_DIR;
}
