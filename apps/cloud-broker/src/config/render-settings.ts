import { SETTINGS } from "./config.ts";

type Row = {
  readonly expected: string;
  readonly meaning: string;
  readonly default?: string;
  readonly optional?: true;
};

const HEADINGS = ["variable", "without it", "expected", "meaning"] as const;

/** The whole of docs/reference/configuration.md; a test keeps the file equal to it. */
export function renderSettings(): string {
  const rows = Object.entries<Row>(SETTINGS).map(([name, row]) => [
    `\`${name}\``,
    withoutIt(row),
    row.expected,
    row.meaning,
  ]);
  return `# Configuration of the cloud broker

The broker is configured only by environment variables. It reads them once, at the start. If a
variable is missing or wrong, the broker does not start, and names every such variable with its
expected value. An empty variable counts as absent. No variable holds a secret: secrets are files in
\`BROKER_DATA_DIR\`, which the broker makes itself at its first start and reads only if they have mode
0600.

This page is written by \`npm run docs\`.

${renderTable(rows)}

The identity of the broker itself comes from the platform's managed identity endpoint (IMDS). The
Azure identity library reads the address of that endpoint from \`AZURE_POD_IDENTITY_AUTHORITY_HOST\`.
`;
}

function withoutIt(row: Row): string {
  if (row.default !== undefined) return `\`${row.default}\``;
  return row.optional === true ? "not used" : "**must be set**";
}

/** Columns of one width, as the formatter writes them. */
function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[], filler = " ") =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, filler)).join(" | ")} |`;
  return [line(HEADINGS), line(["", "", "", ""], "-"), ...rows.map((row) => line(row))].join("\n");
}
