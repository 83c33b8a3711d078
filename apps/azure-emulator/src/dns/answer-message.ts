import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_DESIRED,
  type SoaAnswer,
} from "dns-packet";

import { ZONE_ORIGIN, type ZoneAnswer } from "./answer-question.ts";

/** Answers are never cached by a resolver: a purged vault is gone at once. */
const TTL_SECONDS = 0;

const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
export type Rcode = keyof typeof RCODES;

const SOA: SoaAnswer = {
  type: "SOA",
  name: ZONE_ORIGIN,
  ttl: TTL_SECONDS,
  data: {
    mname: `ns.${ZONE_ORIGIN}`,
    rname: `hostmaster.${ZONE_ORIGIN}`,
    serial: 1,
    refresh: 3_600,
    retry: 300,
    expire: 86_400,
    minimum: TTL_SECONDS,
  },
};

export type DnsQuery = {
  readonly id: number;
  readonly flags: number;
  readonly question: Pick<Question, "name" | "type">;
};

/** The one question of a query; undefined when the bytes are not a query with one question. */
export function parseQuery(bytes: Uint8Array): DnsQuery | undefined {
  let packet: Packet;
  try {
    packet = decode(Buffer.from(bytes));
  } catch {
    return undefined;
  }
  const [question, ...others] = packet.questions ?? [];
  if (packet.type !== "query" || question === undefined || others.length > 0) return undefined;
  return {
    id: packet.id ?? 0,
    flags: packet.flags ?? 0,
    question: { name: question.name, type: question.type },
  };
}

/**
 * The response to a query: an address, an empty answer with the SOA (RFC 2308), or an error code.
 */
export function renderAnswer(query: DnsQuery, answer: ZoneAnswer): Buffer {
  switch (answer.kind) {
    case "address":
      return renderResponse(query, "NOERROR", {
        answers: [{ type: "A", name: query.question.name, ttl: TTL_SECONDS, data: answer.address }],
      });
    case "no-data":
      return renderResponse(query, "NOERROR", { authorities: [SOA] });
    case "name-error":
      return renderResponse(query, "NXDOMAIN", { authorities: [SOA] });
    case "refused":
      return renderResponse(query, "REFUSED", {});
  }
}

export function renderRcode(query: DnsQuery, rcode: Rcode): Buffer {
  return renderResponse(query, rcode, rcode === "NXDOMAIN" ? { authorities: [SOA] } : {});
}

function renderResponse(
  query: DnsQuery,
  rcode: Rcode,
  sections: Pick<Packet, "answers" | "authorities">,
): Buffer {
  return encode({
    type: "response",
    id: query.id,
    // dns-packet takes the response code from the low four bits of the flags.
    flags: AUTHORITATIVE_ANSWER | (query.flags & RECURSION_DESIRED) | RCODES[rcode],
    questions: [{ ...query.question, class: "IN" }],
    ...sections,
  });
}
