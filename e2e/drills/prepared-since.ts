import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { enableIdentity, type StoryOrder, useCustomerKey } from "@databox-cmk/local-stack";

import { makeRecoveryKey } from "../harness/recovery-key.ts";
import {
  chooseSplitCustody,
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import type { DeliveredOrder, DrillStack } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { startAgain } from "./restored-broker.ts";
import { rekeyFor } from "./thumbprint.ts";

const SPLIT = "split-since";

export const preparedSince: Drill = {
  title: "Bring back appliances that were prepared after the backup",
  when: "After a restore an appliance reports `DeviceNotAuthenticated`: the database has neither its order nor its envelope. Nothing on the appliance is lost.",
  undo: "Not needed. The former state folder of each appliance is kept until you remove it; remove it after the appliance has unlocked.",
  run: async (drill) => {
    const { world } = drill;
    const revoked = await drill.deliver("revoked-since");
    await drill.step(
      "*A backup is made. After it, one appliance is revoked, and two are prepared, one of them in split custody.*",
    );
    await drill.type('export BACKUP="$HOME/before-orders"');
    await drill.type('mkdir "$BACKUP" && broker export "$BACKUP/broker.ndjson" 2>/dev/null');
    const scope = { kind: "node", order: revoked.order.id, serial: revoked.node.serial } as const;
    await world.operator.revoke(scope, "stolen, incident 4711");
    const escrow = await drill.deliver("prepared-since");
    const { privateKey, publicKey } = makeRecoveryKey();
    await writeFile(join(drill.shell.folder, "recovery.pem"), privateKey, { mode: 0o600 });
    const order = await placeOrder(world, SPLIT);
    const key = await takeOwnKey(world, order, "contosorestored");
    await chooseSplitCustody(world, order, publicKey);
    const serial = "DBX-SPLIT-SINCE";
    const appliance = await prepareAppliance(world, order, [serial]);
    await shipAppliance(world, order, appliance);
    const split = { order, node: appliance.node(serial) };
    await drill.step(
      "*The database is lost, and the backup is restored. The restore record was not lost.*",
      () => loseDatabase(drill),
    );
    await drill.type('broker import "$BACKUP/broker.ndjson" 2>/dev/null');
    await startAgain(drill);
    await drill.step(
      "The lost kill switch is on again. The broker does not know the two other appliances.",
    );
    await drill.typeAt(revoked.node, "databox-agent unlock", { exitCode: 3, show: "first line" });
    await drill.typeAt(escrow.node, "databox-agent unlock", { exitCode: 5, show: "first line" });
    await drill.typeAt(split.node, "databox-agent unlock", { exitCode: 5, show: "first line" });
    await drill.type("broker restored");
    await drill.step(
      "The owners place their orders again under the same names, with the same keys, custody and recovery keys, and grant the orders' new identities Get, Wrap Key and Unwrap Key. In split custody, the owner sets `acceptNoRecovery` to true in the unlock policy: until the last step, no recovery key replaces the appliance's share, because its copy was lost with the database.",
      async () => {
        await placeOrder(world, escrow.order.name);
        await placeOrder(world, SPLIT);
        await key.grant(await enableIdentity(world.customerContext, order));
        await useCustomerKey(world.customerContext, order, key);
        await chooseSplitCustody(world, order, publicKey, true);
      },
    );
    await drill.step(
      "For each appliance, prepare its order again, and have `/var/lib/databox-agent/envelope.jws` sent to you, by any channel. When the envelope is active again, the broker knows that the volume is prepared. At the appliance, move the state folder away, and enrol the device with the new code. Leave out `--ca-file` and `--dns-server` if you use the system's.",
    );
    await bringBack(drill, escrow);
    await drill.step(
      "The same in split custody. Only the former state folder has the appliance's share: copy it. (A share that the TPM seals opens only in the same appliance, with the same boot.)",
    );
    await bringBack(drill, split);
    await drill.typeAt(split.node, 'cp -a "$STATE.former"/device-share-*.json "$STATE"');
    await drill.step(
      "Dispatch and deliver the orders as before. Check: the appliances unlock. In split custody, a re-key copies the share for the recovery keys that you name; then the owner sets `acceptNoRecovery` to false again.",
      async () => {
        for (const each of [escrow, split]) await dispatch(drill, each.order);
      },
    );
    await drill.typeAt(escrow.node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(split.node, "databox-agent unlock", { show: "first line" });
    await rekeyFor(drill, split.node, "recovery");
    await chooseSplitCustody(world, order, publicKey);
    await drill.step("Confirm the restore. Check: the doctor finds no problem.");
    await drill.type('broker restored --confirm "restored after incident 4711"', {
      show: "last line",
    });
    await drill.type("broker doctor", { show: "last line" });
  },
};

/** Without the record beside it. */
async function loseDatabase({ world: { stack } }: DrillStack): Promise<void> {
  await stack.broker().kill();
  const folder = stack.brokerEnvironment["BROKER_DATA_DIR"] ?? "";
  for (const file of await readdir(folder))
    if (file.startsWith("broker.sqlite")) await rm(join(folder, file));
}

async function bringBack(drill: DrillStack, { order, node }: DeliveredOrder): Promise<void> {
  await drill.set({
    ORDER: order.id,
    SERIAL: node.serial,
    STATE: node.stateDir,
    VOLUME: node.diskPath,
  });
  await drill.type(
    "jq -n '{serials: [env.SERIAL]}' |\n" +
      '  curl -sS --fail-with-body --header @operator.header --json @- "$BROKER/operator/v1$ORDER/prepare" | jq -j ".nodes[0].enrolmentCode" > code',
  );
  await drill.type('broker restore-envelope "$STATE/envelope.jws"');
  await drill.typeAt(node, 'mv "$STATE" "$STATE.former"');
  await drill.typeAt(
    node,
    'databox-agent prepare --keep-volume --order "$ORDER" --serial "$SERIAL" --volume "$VOLUME" \\\n' +
      '  --broker "$BROKER" --ca-file "$EXTRA_CA_FILE" --dns-server "$DNS_SERVER" < code',
    { show: "first line" },
  );
  await drill.type("shred -u code");
}

async function dispatch({ world }: DrillStack, { id }: StoryOrder): Promise<void> {
  await world.operator.advance(id, "dispatch");
  await world.operator.advance(id, "deliver");
}
