import { Agent } from "node:https";
import type { LookupFunction } from "node:net";

import { callForHead } from "../http/call-within.ts";

const LIMITS = { maxBytes: 64 * 1024, timeMs: 5_000 };

/**
 * Reads the date of a server's answer. The certificate is not verified: with a wrong clock no
 * certificate is valid. So nothing may follow from the date that an attacker on the path could not
 * also reach by dropping packets.
 *
 * @returns epoch milliseconds; undefined without an answer, or without a date in it
 */
export async function askForDate(url: string, lookup: LookupFunction): Promise<number | undefined> {
  const agent = new Agent({ lookup, rejectUnauthorized: false });
  try {
    const { headers } = await callForHead(LIMITS, url, { agent, method: "HEAD", headers: {} });
    return parseDate(headers.date);
  } catch {
    return undefined;
  } finally {
    agent.destroy();
  }
}

/** @returns epoch milliseconds */
export function parseDate(header: string | undefined): number | undefined {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? undefined : date;
}
