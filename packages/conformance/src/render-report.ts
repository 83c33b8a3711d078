import type { Result } from "./result.ts";

/** CI services read it: JUnit's XML, a test suite for each part of the protocol. */
export function renderJunit(results: readonly Result[]): string {
  const suites = [...Map.groupBy(results, ({ suite }) => suite)].map(([suite, cases]) => {
    const [failures, skipped] = [failedOf(cases), notCheckedOf(cases)];
    const lines = cases.map(({ name, fault, notChecked }) => {
      const start = `    <testcase classname="${escape(suite)}" name="${escape(name)}"`;
      if (fault !== undefined) return `${start}><failure message="${escape(fault)}"/></testcase>`;
      return notChecked === undefined
        ? `${start}/>`
        : `${start}><skipped message="${escape(notChecked)}"/></testcase>`;
    });
    const counts = `tests="${String(cases.length)}" failures="${String(failures)}" skipped="${String(skipped)}"`;
    return `  <testsuite name="${escape(suite)}" ${counts}>\n${lines.join("\n")}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

/** People read it: a table for each part of the protocol. */
export function renderMarkdown(results: readonly Result[]): string {
  const [failed, notChecked] = [failedOf(results), notCheckedOf(results)];
  const tables = [...Map.groupBy(results, ({ suite }) => suite)].map(([suite, cases]) => {
    const rows = cases.map((each) => {
      const reason = each.notChecked === undefined ? undefined : `not checked: ${each.notChecked}`;
      return `| ${cell(each.name)} | ${cell(each.fault ?? reason ?? "passed")} |`;
    });
    return `## ${suite}\n\n| case | result |\n| --- | --- |\n${rows.join("\n")}\n`;
  });
  const passed = results.length - failed - notChecked;
  const sum = [
    `${String(passed)} passed, ${String(failed)} failed`,
    ...(notChecked === 0 ? [] : [`${String(notChecked)} not checked`]),
  ].join(", ");
  return `# Conformance to the device API\n\n${sum}\n\n${tables.join("\n")}`;
}

const failedOf = (results: readonly Result[]): number =>
  results.filter(({ fault }) => fault !== undefined).length;
const notCheckedOf = (results: readonly Result[]): number =>
  results.filter((each) => each.notChecked !== undefined).length;

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
