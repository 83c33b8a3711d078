import { generateKeyPairSync } from "node:crypto";

import { openTemporaryFolder } from "@databox-cmk/testkit";

import {
  aim,
  type BenchOutcome,
  type Measurement,
  measured,
  ratio,
  summarise,
} from "./bench-result.ts";
import { measureCalls } from "./each-at-once.ts";
import { type KeepAliveConnection, openPlainConnection } from "./keep-alive-connection.ts";
import { startUnlockLoad } from "./measure-unlocks.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { missingForTang, startTang, type Tang } from "./tang.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const FEW = 16;
const ROUNDS = 3;
/**
 * Few connections, where tangd mostly waits for delayed acknowledgements; and enough to make each
 * side's processor time the limit: 512 for tangd, and for two workers the number before admission
 * limits them.
 */
const CONTESTS = [
  { ours: FEW, theirs: FEW, calls: 1_500 },
  { ours: 64, theirs: 512, calls: 8_000 },
] as const;
const NODES = 144;

/**
 * Unlocks against tang's recovery request, alternating over kept connections. tang multiplies one
 * point of P-521 for any caller; an unlock authenticates the device, calls a vault, seals, signs
 * and audits.
 */
export async function run(): Promise<BenchOutcome> {
  const missing = missingForTang();
  if (missing.length > 0)
    return {
      kind: "skipped",
      reason: `${missing.join(", ")} missing (apt-get install tang clevis jose curl)`,
    };
  using folder = openTemporaryFolder();
  using tang = await startTang(folder.path);
  await using stub = await startAzureStub();
  await using world = await startUnlockBroker(stub, { workers: 2, nodes: NODES });
  const measurements: Measurement[] = [];
  const ratios: ReturnType<typeof ratio>[] = [];
  for (const { ours, theirs, calls } of CONTESTS) {
    // The counters of a device go up, so a run with few connections has devices of its own.
    const fleet = ours === FEW ? world.fleet.slice(0, FEW) : world.fleet.slice(FEW);
    await using load = await startUnlockLoad(world.broker, fleet, { inFlight: ours });
    const rates = { ours: [] as number[], theirs: [] as number[] };
    const perCpuSecond = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const { perSecond, cpuMicroseconds } = await load.run(calls);
      const recovered = await recover(tang, theirs, calls);
      if (round === 0) continue; // warming up
      rates.ours.push(perSecond);
      rates.theirs.push(recovered.perSecond);
      perCpuSecond.ours.push(1_000_000 / cpuMicroseconds);
      perCpuSecond.theirs.push(recovered.perCpuSecond);
    }
    for (const [of, found] of [
      ["second", rates],
      ["processor second", perCpuSecond],
    ] as const) {
      const ourName = `2 workers, ${String(ours)} connections: unlocks a ${of}`;
      const unlocks = summarise(ourName, "/s", found.ours);
      const theirName = `tang, ${String(theirs)} connections: recoveries a ${of}`;
      const recoveries = summarise(theirName, "/s", found.theirs);
      measurements.push(unlocks, recoveries);
      const per = of === "second" ? "" : ` a ${of}`;
      const name = `unlock to tang${per}, ${String(theirs)} connections`;
      ratios.push(ratio(name, unlocks, recoveries));
    }
  }
  return measured({
    measurements,
    ratios,
    notes: [
      "tangd writes head and body of an answer separately: on few connections it waits 40 ms for delayed acknowledgements, not for its processor",
      "processor time is that of broker or tangd alone, without vault, kernel threads and load",
      "the broker has 2 workers and TLS; tang has neither TLS nor an audit trail",
    ],
    aims: [
      aim(
        "unlocks a processor second, of tang's recoveries",
        ratios.at(-1)?.value ?? 0,
        "at least",
        0.5,
        "",
      ),
    ],
  });
}

async function recover(
  tang: Tang,
  inFlight: number,
  calls: number,
): Promise<{ readonly perSecond: number; readonly perCpuSecond: number }> {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-521" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const body = JSON.stringify({ alg: "ECMR", kty, crv, x, y });
  const request = Buffer.from(
    `POST /rec/${tang.exchangeKey} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/jwk+json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
  );
  const connections: KeepAliveConnection[] = [];
  for (let index = 0; index < inFlight; index += 1)
    connections.push(await openPlainConnection(tang.port));
  const free = [...connections];
  const startedAt = performance.now();
  const cpuBefore = tang.cpuSeconds();
  await measureCalls(calls, inFlight, async () => {
    const connection = free.pop();
    if (connection === undefined) throw new RangeError("more calls than connections");
    const { status } = await connection.send(request);
    if (status !== 200) throw new Error(`tang answered ${String(status)}`);
    free.push(connection);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  // Before its children end with their connections.
  const spent = tang.cpuSeconds() - cpuBefore;
  for (const connection of connections) connection.close();
  return { perSecond: calls / seconds, perCpuSecond: calls / spent };
}
