import * as z from "zod/mini";

import type { ChainVerdict } from "./verify-chain.ts";

/** The chain that keeps the rows of a deleted order once another order has its name. */
export const formerChain = (order: string, number: string): string => `${order}#${number}`;
/** The name that the rows themselves have. */
export const nameOfChain = (chain: string): string => chain.split("#", 1)[0] ?? chain;

/** The beginning of the row that makes an order, in its canonical form. */
export const CREATED = '{"action":"order/create",';

const shape = z.object({
  sequence: z.number(),
  detail: z.object({ former: z.number(), formerLength: z.number(), formerHead: z.string() }),
});
/** How the row that makes an order names the chain of the order that had its name before. */
export type FormerLink = z.infer<typeof shape>["detail"] & { readonly sequence: number };

/** @returns undefined for any other row, and for the first order of a name */
export function readFormerLink(rowJson: string): FormerLink | undefined {
  if (!rowJson.startsWith(CREATED)) return undefined;
  const { data } = shape.safeParse(JSON.parse(rowJson));
  return data && { ...data.detail, sequence: data.sequence };
}

/** Whether a chain is whole, and ends as its successor says. */
export const isFormerOf = (link: FormerLink, verdict: ChainVerdict | undefined): boolean =>
  verdict?.ok === true && verdict.length === link.formerLength && verdict.head === link.formerHead;
