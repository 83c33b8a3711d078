import { execFile, spawn, spawnSync } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

import {
  checkAgent,
  commandAgent,
  FORGED_GRANTS,
  FOREIGN_UNLOCKS,
  type Result,
  type SplitAgent,
} from "@databox-cmk/conformance";
import { importRecoveryKey } from "@databox-cmk/crypto";
import { AGENT_BUNDLE, agentCommand, createPortableVolume } from "@databox-cmk/device-agent";
import { createOrder, inThisProcess, type StoryOrder } from "@databox-cmk/local-stack";
import { COMPILED_ONCE, openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { expect, test } from "vitest";
import * as z from "zod";

import { openWorld } from "./harness/open-world.ts";
import { BROKER, CONFORMANCE_ACTS } from "./harness/programs.ts";
import { makeRecoveryKey } from "./harness/recovery-key.ts";
import { runAgent } from "./harness/run-agent.ts";
import {
  chooseSplitCustody,
  placeExport,
  placeOrder,
  takeOwnKey,
} from "./harness/shipped-appliance.ts";

const runProgram = promisify(execFile);
const REQUEST = "http.server.request.start";
// Debian's own interpreter: it is the one that sees the package python3-cryptography.
const PYTHON = "/usr/bin/python3";
const PYTHON_AGENT = join(import.meta.dirname, "python-agent/agent.py");
const COMMAND_LINE = join(import.meta.dirname, "../packages/conformance/src/main.ts");
const hasPython = requireTool(
  "python3-cryptography",
  spawnSync(PYTHON, ["-c", "import cryptography"]).status === 0,
);
const printed = z.object({
  outcome: z.string(),
  code: z.string().optional(),
  carried: z.object({ text: z.string() }).optional(),
});

/** Node takes the time of this header from the machine. */
const sayTime = (response: ServerResponse) => response.setHeader("date", new Date().toUTCString());

/** The clock of this process, which can be put ahead; its servers' answers have that time, too. */
function openClock() {
  const MachineDate = Date;
  let aheadMs = 0;
  const now = () => MachineDate.now() + aheadMs;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, given, proxy) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, proxy),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
  const unanswered = new Set<ServerResponse>();
  const begin = (event: unknown) => {
    const { response } = event as { response: ServerResponse };
    sayTime(response);
    unanswered.add(response);
    response.once("close", () => unanswered.delete(response));
  };
  subscribe(REQUEST, begin);
  return {
    advance(seconds: number) {
      aheadMs += seconds * 1000;
      // An answer with the time before would tell the broker that its own clock is wrong.
      for (const response of unanswered) if (!response.headersSent) sayTime(response);
    },
    [Symbol.dispose]() {
      unsubscribe(REQUEST, begin);
      globalThis.Date = MachineDate;
    },
  };
}

/** Listens for acts that only this process can do. */
async function openDesk(path: string, acts: Record<string, (given: string) => Promise<void>>) {
  const server = createServer((request, response) => {
    const act = acts[request.url?.slice(1) ?? ""];
    if (act === undefined) {
      response.writeHead(404).end(`no act ${request.url ?? ""}`);
      return;
    }
    text(request)
      .then(act)
      .then(
        () => response.end(),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  server.listen(path);
  await once(server, "listening");
  return {
    path,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}

const faults = (results: readonly Result[]) => results.filter(({ fault }) => fault !== undefined);

/** The agent as it ships. It has a volume, which is locked again before the next unlock. */
function ownAgent(folder: string): SplitAgent {
  const state = ["--json", "--state-dir", join(folder, "agent")];
  const run = async (words: readonly string[], input = "") => {
    const { exitCode, stdout, stderr } = await runAgent([...state, ...words], { input });
    const event = stdout.trim().split("\n").at(-1) ?? "";
    if (event === "")
      throw new Error(`${words.join(" ")}: no event, exit code ${String(exitCode)}: ${stderr}`);
    return printed.parse(JSON.parse(event));
  };
  let isOpen = false;
  const open = async (words: readonly string[], input?: string) => {
    isOpen = true;
    const event = await run(words, input);
    isOpen = event.outcome === "unlocked";
    return event;
  };
  /** Only where it may be open: a command takes a tenth of a second of processor time. */
  const close = async () => {
    if (isOpen) await run(["lock"]);
    isOpen = false;
  };
  return {
    async prepare({ broker, certificateAuthorityPem, order, serial, code }) {
      const caFile = join(folder, "ca.pem");
      writeFileSync(caFile, certificateAuthorityPem);
      const options = [
        ["--broker", broker],
        ["--order", order],
        ["--serial", serial],
        ["--volume", join(folder, "disk.img")],
        ["--volume-kind", "file"],
        ["--ca-file", caFile],
        ["--resolve-localhost"],
        ["--device-key", "file"],
      ];
      return run(["prepare", ...options.flat()], code);
    },
    async unlock() {
      await close();
      return open(["unlock", "--no-wait"]);
    },
    async opens(unlockKey) {
      const { slots } = createPortableVolume(join(folder, "disk.img"));
      const key = new TextEncoder().encode(unlockKey);
      const opened = (await slots.list()).map((slot) => slots.opens(slot, key));
      return (await Promise.all(opened)).includes(true);
    },
    async unlockFor(purpose) {
      await close();
      return open(["unlock", "--no-wait", "--purpose", purpose]);
    },
    another() {
      const other = openTemporaryFolder();
      return { ...ownAgent(other.path), [Symbol.dispose]: () => other[Symbol.dispose]() };
    },
    waits: true,
    rekey: () => run(["rekey"]),
    carried: {
      async challenge() {
        await close();
        return (await run(["challenge"])).carried?.text ?? "";
      },
      respond: (answer) => open(["respond"], answer),
    },
    erase: (serial) => run(["erase", "--serial", serial]),
    async serve() {
      const [program, ...words] = [...agentCommand(AGENT_BUNDLE), ...state, "serve"];
      const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "close");
      await once(child.stdout, "data"); // it serves, and takes signals
      return {
        async [Symbol.asyncDispose]() {
          child.kill("SIGTERM");
          await ended;
        },
      };
    },
  };
}

test("our agent conforms", async () => {
  using folder = openTemporaryFolder();
  const results = await checkAgent(ownAgent(folder.path));
  expect(faults(results)).toEqual([]);
  expect(results.length).toBeGreaterThan(Object.keys(FORGED_GRANTS).length);
});

test.skipIf(!hasPython)(
  "an agent in Python, written from the documentation, conforms",
  async () => {
    using agent = commandAgent([PYTHON, PYTHON_AGENT], new Set(["purposes", "split"]));
    expect(faults(await checkAgent(agent))).toEqual([]);
  },
);

/** The agent in Python with one line changed, and the cases that tell it. */
const WRONG_AGENTS: Readonly<
  Record<string, readonly [was: string, becomes: string, ...told: readonly string[]]>
> = {
  "sends a receipt of another grant": [
    "grantHash=sha256(text)",
    "grantHash=sha256(request)",
    "enrols and prepares the node",
  ],
  "does not verify the broker's certificate": [
    'ssl.create_default_context(cafile=self.state["ca"])',
    "ssl._create_unverified_context()",
    "a certificate of another authority",
    "a certificate for another name",
  ],
  "ignores the name in the broker's certificate": [
    "        connection = http",
    "        context.check_hostname = False\n        connection = http",
    "a certificate for another name",
  ],
  "ignores the commitment": [
    'check(hmac.compare_digest(decode(header["cmt"]), committed), "another content key")',
    "pass",
    "its envelope: a commitment to another content key",
  ],
  "ignores the envelope's header": [
    'check([header["env"], header["ord"], header["dev"], custody_of(jwe)] == mine, "a foreign envelope")',
    "pass",
    "its envelope: a header of another order",
    "its envelope: a header of another serial",
  ],
  "takes repeated members": [
    'check(len({name for name, _ in pairs}) == len(pairs), "a member twice")',
    "pass",
    "a header member twice",
    "a payload member twice",
    "a payload member twice, once with an escape",
    "a payload member twice, deep",
  ],
  "takes more members of the protected header": [
    "read_object(header) == expected",
    "expected.items() <= {k: v for k, v in read_object(header).items() if isinstance(v, str)}.items()",
    "a fourth header member",
    "crit",
  ],
  "takes another spelling of base64url": [
    'check(encode(data) == text, "another spelling of base64url")',
    "pass",
    "bits after the signature's last byte",
  ],
  "takes any unlock key": [
    'check(is_new or digest == self.state["volume"], "the volume does not open with this key")',
    "pass",
    "its envelope: an unlock key that the broker chose",
  ],
};

test.skipIf(!hasPython).each(Object.entries(WRONG_AGENTS))(
  "an agent that %s fails",
  async (_name, [was, becomes, ...told]) => {
    using folder = openTemporaryFolder();
    const sources = ["agent.py", "keys.py"].map((name) => {
      const source = readFileSync(join(dirname(PYTHON_AGENT), name), "utf8");
      writeFileSync(join(folder.path, name), source.replace(was, becomes));
      return source;
    });
    expect(sources.join("").split(was)).toHaveLength(2);
    using agent = commandAgent([PYTHON, join(folder.path, "agent.py")]);
    const only = new Set(["enrols and prepares the node", "unlocks", ...told]);
    const names = faults(await checkAgent(agent, { only })).map(({ name }) => name);
    expect(names.toSorted()).toEqual(told.toSorted());
  },
);

test("our broker conforms, by the command line", async () => {
  using clock = openClock();
  // The kit sends more messages than a node may in a minute.
  const brokerEnvironment = { RATE_LIMIT_DEVICE_PER_MINUTE: "0" };
  // Broker and cloud have this process's clock, which the kit puts ahead.
  await using world = await openWorld(() => ({ brokerEnvironment, brokerRunner: inThisProcess }));
  using folder = openTemporaryFolder();
  const waiting = async (name: string, place: () => Promise<StoryOrder>) => {
    const order = await place();
    const serial = `DBX-${name}`;
    const [made] = await world.operator.prepare(order.id, [serial]);
    return { order: order.id.toLowerCase(), serial, code: made?.enrolmentCode ?? "" };
  };
  const caFile = join(folder.path, "ca.pem");
  writeFileSync(caFile, world.stack.caPem);
  const nodesFile = join(folder.path, "nodes.json");
  const { publicKey } = makeRecoveryKey();
  const nodes = {
    own: await waiting("own", () => createOrder(world.customerContext, "own")),
    foreign: await waiting("foreign", () => createOrder(world.customerContext, "foreign")),
    split: {
      ...(await waiting("split", async () => {
        const order = await placeOrder(world, "split");
        await takeOwnKey(world, order, "contosokit");
        await chooseSplitCustody(world, order, publicKey);
        return order;
      })),
      recoveryKeys: [importRecoveryKey(publicKey).kid],
    },
    export: await waiting("export", () => placeExport(world, "export")),
  };
  writeFileSync(nodesFile, JSON.stringify(nodes));
  const options = [
    ["--url", world.stack.description.brokerUrl],
    ["--ca", caFile],
    ["--nodes", nodesFile],
    ["--acts", `'${process.execPath}' '${CONFORMANCE_ACTS}' '${world.stack.stackFile}'`],
    ["--report", folder.path],
  ];
  await using desk = await openDesk(join(folder.path, "desk"), {
    async rotate() {
      await runProgram(process.execPath, [BROKER, "keys", "rotate", "signing"], {
        env: { ...COMPILED_ONCE, ...world.stack.brokerEnvironment },
      });
      await world.stack.restartBroker();
    },
    pass: (seconds) => Promise.resolve(clock.advance(Number(seconds))),
  });
  const child = spawn(process.execPath, [COMMAND_LINE, "broker", ...options.flat()], {
    env: { ...process.env, ...COMPILED_ONCE, CONFORMANCE_DESK: desk.path },
  });
  const [report, complaint, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect(report + complaint).toMatch(/^[0-9]+ passed, 0 failed$/m);
  for (const name of Object.keys(FOREIGN_UNLOCKS)) expect(report).toContain(name);
  expect(exitCode).toBe(0);
  expect(readFileSync(join(folder.path, "junit.xml"), "utf8")).not.toContain("<failure");
});
