/**
 * A cell that begins with one of these, also in full width or after blanks, would become a formula
 * in a spreadsheet.
 */
const FORMULA_START = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/u;

/**
 * A table as CSV (RFC 4180). Texts come from people and appliances: one that a spreadsheet would
 * run as a formula gets an apostrophe before it, as OWASP advises. The library papaparse does not
 * serve: it mainly reads CSV.
 */
export function renderCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(renderCell).join(",")}\r\n`).join("");
}

function renderCell(text: string): string {
  const safe = FORMULA_START.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
