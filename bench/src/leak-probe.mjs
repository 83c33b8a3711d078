// Loaded into a broker before its own code (`--import`). Its clock runs faster than real time, so
// that everything that expires does so within the bench; timers keep real time. A message from the
// parent is answered with what the process holds after a garbage collection.
import { createHook } from "node:async_hooks";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const RealDate = Date;
const rate = Number(process.env["BENCH_CLOCK_RATE"]);
const startedMs = RealDate.now();
const fastMs = () => Math.round(startedMs + (RealDate.now() - startedMs) * rate);
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [fastMs()] : given));
  }
  static now() {
    return fastMs();
  }
};

// process.getActiveResourcesInfo leaves out timers that keep nothing alive.
const timers = new Set();
createHook({
  init(id, type) {
    if (type === "Timeout" || type === "Immediate") timers.add(id);
  },
  destroy(id) {
    timers.delete(id);
  },
}).enable();

let statements = 0;
const collected = new FinalizationRegistry(() => {
  statements -= 1;
});
const Database = createRequire(process.argv[1])("better-sqlite3");
const { prepare } = Database.prototype;
Database.prototype.prepare = function prepareCounted(...given) {
  const statement = Reflect.apply(prepare, this, given);
  statements += 1;
  collected.register(statement, undefined);
  return statement;
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

process.on("message", (message) => {
  if (message !== "probe") return;
  void answer();
});
process.channel?.unref();

async function answer() {
  // Twice, with a turn between: finalizers run after a collection.
  for (let round = 0; round < 2; round += 1) {
    collect();
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  const active = process.getActiveResourcesInfo();
  const listeners = process
    .eventNames()
    .reduce((sum, name) => sum + process.listenerCount(name), 0);
  process.send?.({
    nowMs: fastMs(),
    heapBytes: process.memoryUsage().heapUsed,
    sockets: active.filter((name) => name === "TCPSocketWrap").length,
    handles: active.filter((name) => name !== "TCPSocketWrap" && name !== "Timeout").length,
    timers: timers.size,
    listeners,
    statements,
  });
}
