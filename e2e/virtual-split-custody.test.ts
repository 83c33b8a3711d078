import { encodeBase64url, parseEnvelope } from "@databox-cmk/crypto";
import type { CustomerKey, StoryOrder } from "@databox-cmk/local-stack";
import { envelopeExport } from "@databox-cmk/protocol";
import { missingPrograms, type VirtualNode } from "@databox-cmk/virtual-appliance";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { isContinuousIntegration } from "./harness/cryptsetup.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { callOrder } from "./harness/order-actions.ts";
import { makeRecoveryKey } from "./harness/recovery-key.ts";
import { replaceDevice } from "./harness/replace-device.ts";
import { chooseSplitCustody, placeOrder, takeOwnKey } from "./harness/shipped-appliance.ts";
import {
  agentEvent,
  enrolVirtual,
  openVirtualNode,
  prepareVirtual,
  shell,
} from "./harness/virtual-node.ts";

const SERIAL = "DBX-VM2";
const VOLUME = "/dev/mapper/databox-dbx-vm2";
const TEXT = "what only the appliance and the vault open together";
const PATIENT = { timeout: 300_000, interval: 500 };

describe.skipIf(missingPrograms(process.env["PATH"] ?? "").length > 0 && !isContinuousIntegration)(
  "an appliance with a TPM, in split custody (skipped where QEMU is not installed)",
  () => {
    let recoveryKey: ReturnType<typeof makeRecoveryKey>;
    let world: World;
    let node: VirtualNode;
    let order: StoryOrder;
    let key: CustomerKey;

    beforeAll(async () => {
      recoveryKey = makeRecoveryKey();
      world = await openWorld(() => ({
        brokerEnvironment: { PROBE_INTERVAL_SECONDS: "1", LEASE_TTL_SECONDS: "10" },
      }));
      node = openVirtualNode(world, SERIAL);
      order = await placeOrder(world, "virtual-split");
      key = await takeOwnKey(world, order, "contosovirtualsplit");
      await chooseSplitCustody(world, order, recoveryKey.publicKey);
      await node.powerOn();
      await prepareVirtual(world, order, node, ["--custody", "split"]);
      await world.operator.advance(order.id, "dispatch");
      await world.operator.advance(order.id, "deliver");
      await node.powerOff();
    });
    afterAll(async () => {
      await node.powerOff();
      await world[Symbol.asyncDispose]();
    });

    test("unlocks at its boot with the share that its TPM has sealed", async () => {
      await node.powerOn("boot");
      expect(await shell(node, "cat /run/unlock.log")).toContain('"outcome":"unlocked"');
      expect(await agentEvent(node, ["status"])).toMatchObject({
        outcome: "unlocked",
        details: {
          custody: "split",
          share: "sealed by the TPM",
          deviceKey: "in the TPM, bound to measured boot",
        },
      });
      await shell(node, `mkfs.ext4 -q ${VOLUME} && mkdir /data && mount ${VOLUME} /data`);
      await shell(node, `echo '${TEXT}' > /data/proof.txt && umount /data`);
    });

    test("is closed by a disabled key", async () => {
      await key.setEnabled(false);
      await vi.waitFor(
        async () => expect(await shell(node, "dmsetup table")).not.toMatch(/ crypt /),
        PATIENT,
      );
      await key.setEnabled(true);
    });

    test("is not opened by another boot, although the vault allows it", async () => {
      const measured = `pcrextend 7:sha256=${"01".repeat(32)}`;
      await shell(node, `TPM2TOOLS_TCTI=device:/dev/tpmrm0 tpm2 ${measured}`);
      expect(await agentEvent(node, ["unlock"])).toMatchObject({ code: "BootStateChanged" });
    });

    test("is opened on a new mainboard by the owner's recovery key, and by nothing less", async () => {
      await node.powerOff();
      node.replaceMainboard();
      await node.powerOn();
      const code = await replaceDevice(world, order, SERIAL);
      await enrolVirtual(world, order, node, code, ["--keep-volume"]);
      expect(await agentEvent(node, ["unlock"])).toMatchObject({ code: "DeviceShareMissing" });

      const { text } = await callOrder(world, order, "GET", "envelopes");
      const [exported] = envelopeExport.parse(JSON.parse(text)).value;
      const share = await recoveryKey.open(parseEnvelope(exported?.deviceShare));
      expect(await agentEvent(node, ["recover"], encodeBase64url(share))).toMatchObject({
        outcome: "recovered",
      });
      expect(await agentEvent(node, ["unlock"])).toMatchObject({ outcome: "unlocked" });
      await shell(node, `mkdir -p /data && mount ${VOLUME} /data`);
      expect(await shell(node, "cat /data/proof.txt")).toBe(`${TEXT}\n`);
    });
  },
);
