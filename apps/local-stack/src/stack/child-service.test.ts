import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { type EndedChild, startChild } from "./child-service.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "child-service-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A process that says that it is ready, and then does this. */
function start(then: string, ended: (child: EndedChild) => void) {
  const script = join(folder, "child.mjs");
  writeFileSync(script, `process.send({ type: "ready" }, () => { ${then} });`);
  return startChild({
    name: "The broker",
    script: [script],
    environment: {},
    readyWithinMs: 300_000,
    ended,
  });
}

test("a process that ends by itself is reported, with its code and its last lines", async () => {
  const told = new EventTarget();
  const heard = once(told, "ended");
  const ends: EndedChild[] = [];
  await start('process.stderr.write("out of memory", () => process.exit(3))', (child) => {
    ends.push(child);
    told.dispatchEvent(new Event("ended"));
  });
  await heard;
  expect(ends).toEqual([{ name: "The broker", cause: "exit code 3: out of memory" }]);
});

test("a process that is stopped is not told of", async () => {
  const ends: EndedChild[] = [];
  const child = await start("setInterval(() => {}, 1000)", (each) => ends.push(each));
  await child.stop();
  expect(ends).toEqual([]);
});
