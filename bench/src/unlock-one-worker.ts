import { aim, type Measured, measured, ratio } from "./bench-result.ts";
import { allOf, compareUnlocks } from "./compare-unlocks.ts";
import { startUnlockLoad } from "./measure-unlocks.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startFloor } from "./start-floor.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const ROUNDS = 3;
const SHARE_OF_FLOOR = 0.8;

/**
 * Unlocks at a vault that does RSA-2048 on the same cores: what a machine gives that emulates the
 * vault too.
 */
export const withRsa = () => compareWithFloor({ rsa: true }, { inFlight: 64 }, 4_000);

/**
 * Each unlock on a new TLS 1.3 connection with a full handshake, as a device makes it that unlocks
 * once.
 */
export async function onNewConnections(): Promise<Measured> {
  const load = { inFlight: 16, newConnections: true };
  const result = await compareWithFloor({}, load, 2_000);
  const [rate] = result.ratios;
  const share = rate?.value ?? Number.NaN;
  const ofFloor = aim("unlocks a second, of the floor's", share, "at least", SHARE_OF_FLOOR, "");
  return { ...result, aims: [ofFloor] };
}

/** One worker and the floor with one vault call, by turns. */
async function compareWithFloor(
  vault: Parameters<typeof startAzureStub>[0],
  options: Parameters<typeof startUnlockLoad>[2],
  unlocks: number,
): Promise<Measured> {
  await using stub = await startAzureStub(vault);
  await using world = await startUnlockBroker(stub);
  await using floor = await startFloor(stub, world.fleet, { getsKey: false });
  await using load = await startUnlockLoad(world.broker, world.fleet, options);
  await using floorLoad = await startUnlockLoad(floor, world.fleet, options);
  const [ours, lowest] = await compareUnlocks(
    [
      { name: "1 worker", load },
      { name: "floor, 1 vault call", load: floorLoad },
    ],
    { unlocks, rounds: ROUNDS },
  );
  return measured({
    measurements: [ours, lowest].flatMap(allOf),
    ratios: [ratio("1 worker to the floor, unlocks a second", ours.perSecond, lowest.perSecond)],
    notes: [`${String(options.inFlight)} in flight; load, vault and broker share this machine`],
  });
}
