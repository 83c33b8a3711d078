import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { OutgoingMessage } from "node:http";

import { parseConfig, startBroker } from "@databox-cmk/cloud-broker";
import Database from "better-sqlite3";

/**
 * The real broker, whose process kills itself by SIGKILL at a chosen write: just before a statement
 * that writes or commits, or just after one that made something durable. While the file
 * CRASH_POINT_FILE exists it holds the number of the point; every point that is passed is noted in
 * CRASH_TRACE_FILE. Only what requests cause is counted, or else the broker's own timers would make
 * the numbers mean something else each time.
 *
 * A point is not counted if its death would leave exactly the same as that at the point before it:
 * the statements of a transaction up to its commit, as long as they follow each other without a
 * pause of the process, and without a message.
 */
const environment = process.env;
const pointFile = environment["CRASH_POINT_FILE"] ?? "";
const traceFile = environment["CRASH_TRACE_FILE"] ?? "";
const WRITES = /^\s*(?:(?:insert|update|delete) [^(]*|commit)/i;

const ofRequest = new AsyncLocalStorage<true>();
subscribe("http.server.request.start", () => {
  ofRequest.enterWith(true);
});

/** Whether a death here would leave the same as one at the last point. */
let isSame = false;
for (const name of ["write", "end"] as const) {
  const send = OutgoingMessage.prototype[name];
  OutgoingMessage.prototype[name] = function sendMessage(...parameters: unknown[]) {
    isSame = false;
    return Reflect.apply(send, this, parameters);
  };
}

function pass(when: "before" | "after", sql: string): void {
  if (ofRequest.getStore() === undefined || !existsSync(pointFile)) return;
  if (when === "before" && isSame) return;
  isSame = true;
  // It runs before anything that the process waits for, and before a message that waits is sent.
  process.nextTick(() => {
    isSame = false;
  });
  const passed = readFileSync(traceFile, "utf8").split("\n").length - 1;
  const [statement = ""] = WRITES.exec(sql) ?? [];
  appendFileSync(traceFile, `${when} ${statement.trim().replace(/ (?:set|where) .*/, "")}\n`);
  // The signal is delivered before the system call returns: not one instruction follows.
  if (passed === Number(readFileSync(pointFile, "utf8"))) process.kill(process.pid, "SIGKILL");
}

function watchStatement(database: Database.Database, sql: string): Database.Statement {
  const statement = database.prepare(sql);
  if (!WRITES.test(sql)) return statement;
  return new Proxy(statement, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "run" && name !== "all") return member.bind(target);
      return (...parameters: unknown[]): unknown => {
        pass("before", sql);
        const result: unknown = Reflect.apply(member, target, parameters);
        if (!database.inTransaction) pass("after", sql);
        return result;
      };
    },
  });
}

function openWatched(path: string): Database.Database {
  return new Proxy(new Database(path), {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watchStatement(target, sql);
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

const broker = await startBroker(parseConfig(environment), undefined, openWatched);
const stop = () => {
  void broker.close().finally(() => {
    if (process.connected) process.disconnect();
  });
};
process.once("SIGTERM", stop);
process.once("disconnect", stop);
process.send?.({ type: "ready", url: broker.url, port: broker.port });
