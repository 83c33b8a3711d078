import type { JournalRow } from "@databox-cmk/protocol";

/**
 * Rows of one message, as JSON: with order, serial, header and signature it stays below 16 KiB in
 * base64url.
 */
const PAGE_MAX_BYTES = 11_000;
const PAGE_MAX_ROWS = 100;

/** The next rows to deliver, oldest first: as many as fit, and at least one. */
export function nextPage(rows: readonly JournalRow[], after: number): readonly JournalRow[] {
  const page: JournalRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (row.sequence <= after) continue;
    bytes += encodeURIComponent(JSON.stringify(row)).replaceAll(/%../g, "x").length + 1;
    if (page.length === PAGE_MAX_ROWS || (page.length > 0 && bytes > PAGE_MAX_BYTES)) break;
    page.push(row);
  }
  return page;
}
