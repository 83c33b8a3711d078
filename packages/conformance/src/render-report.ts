import type { Result } from "./result.ts";

/** For CI services: JUnit's XML, a test suite for each part of the protocol. */
export function renderJunit(results: readonly Result[]): string {
  const suites = [...Map.groupBy(results, ({ suite }) => suite)].map(([suite, cases]) => {
    const failures = cases.filter(({ fault }) => fault !== undefined).length;
    const lines = cases.map(({ name, fault }) =>
      fault === undefined
        ? `    <testcase classname="${escape(suite)}" name="${escape(name)}"/>`
        : `    <testcase classname="${escape(suite)}" name="${escape(name)}"><failure message="${escape(fault)}"/></testcase>`,
    );
    const counts = `tests="${String(cases.length)}" failures="${String(failures)}"`;
    return `  <testsuite name="${escape(suite)}" ${counts}>\n${lines.join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

/** For people: a table for each part of the protocol. */
export function renderMarkdown(results: readonly Result[]): string {
  const failed = results.filter(({ fault }) => fault !== undefined).length;
  const tables = [...Map.groupBy(results, ({ suite }) => suite)].map(([suite, cases]) => {
    const rows = cases.map(
      ({ name, fault }) => `| ${cell(name)} | ${fault === undefined ? "passed" : cell(fault)} |`,
    );
    return `## ${suite}\n\n| case | result |\n| --- | --- |\n${rows.join("\n")}\n`;
  });
  const sum = `${String(results.length - failed)} passed, ${String(failed)} failed`;
  return `# Conformance to the device API\n\n${sum}\n\n${tables.join("\n")}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
/** XML 1.0 has no control characters, not even escaped ones. */
const escape = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, " ").replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

const cell = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll("|", String.raw`\|`);
