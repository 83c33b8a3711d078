import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";

const TIMEOUT_MS = 5_000;

/**
 * Reads the date of a server's answer. The certificate is not verified: with a wrong clock no
 * certificate is valid. So nothing may follow from the date that an attacker on the path could not
 * also reach by dropping packets.
 *
 * @returns epoch milliseconds; undefined without an answer, or without a date in it
 */
export async function askForDate(url: string, lookup: LookupFunction): Promise<number | undefined> {
  const asking = request(url, {
    method: "HEAD",
    lookup,
    agent: false,
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    const answered = once(asking, "response");
    asking.end();
    const [answer]: readonly IncomingMessage[] = await answered;
    return parseDate(answer?.headers.date);
  } catch {
    return undefined;
  } finally {
    asking.destroy();
  }
}

/** @returns epoch milliseconds */
export function parseDate(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : date;
}
