import { createSocket, type Socket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";

import { afterEach, expect, test } from "vitest";

import { lookupBy } from "./name-lookup.ts";

const A = 1;
const AAAA = 28;
const V4 = { address: "192.0.2.1", family: 4 };
const V6 = { address: "2001:db8::1", family: 6 };
const RECORDS: Readonly<Record<number, string>> = {
  [A]: "c00c00010001000000010004c0000201",
  [AAAA]: `c00c001c0001000000010010${"20010db8".padEnd(31, "0")}1`,
};

let socket: Socket | undefined;
afterEach(() => {
  socket?.close();
  socket = undefined;
});

/** Answers questions of these types once all of them have come, and others by the code. */
async function serve(types: readonly number[], rcode = 0): Promise<string> {
  const asked: (() => void)[] = [];
  socket = createSocket("udp4", (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const type = query.readUInt16BE(end - 4);
    const has = types.includes(type);
    const head = Buffer.from(query.subarray(0, end));
    head.writeUInt16BE(0x8180 + (has ? 0 : rcode), 2);
    head.writeUInt16BE(has ? 1 : 0, 6);
    const answer = Buffer.concat([head, Buffer.from(has ? (RECORDS[type] ?? "") : "", "hex")]);
    const send = () => socket?.send(answer, from.port, from.address);
    if (has) asked.push(send);
    else send();
    if (asked.length === types.length) for (const each of asked.splice(0)) each();
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return `127.0.0.1:${String(socket.address().port)}`;
}

const resolve = (server: string, all: boolean) =>
  new Promise<string | LookupAddress[]>((done, reject) => {
    lookupBy(server)("name.test", { all }, (error, found) => {
      if (error === null) done(found);
      else reject(error);
    });
  });

test("both families are asked at once, and both are given", async () => {
  expect(await resolve(await serve([A, AAAA]), true)).toEqual([V4, V6]);
});

test.each([
  [A, V4],
  [AAAA, V6],
])("type %i alone is enough, for a caller of one address too", async (type, found) => {
  const server = await serve([type]);
  expect(await resolve(server, true)).toEqual([found]);
  expect(await resolve(server, false)).toBe(found.address);
});

test.each([
  [3, "ENOTFOUND"],
  [2, "ESERVFAIL"],
  [0, "ENODATA"],
])("an answer by code %i is %s", async (rcode, code) => {
  await expect(resolve(await serve([], rcode), true)).rejects.toMatchObject({ code });
});

test("no name server is not a name that does not exist", async () => {
  await expect(resolve("127.0.0.1:1", true)).rejects.toMatchObject({ code: "EAI_AGAIN" });
});
