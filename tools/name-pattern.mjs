/**
 * @param name - of a test, as vitest reports it: the titles of its suites and its own, joined by " > "
 * @returns the value of `--testNamePattern` that selects this test alone
 */
export function namePattern(name) {
  return `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`;
}
