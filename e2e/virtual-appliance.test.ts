import { readFileSync } from "node:fs";

import type { CustomerKey, StoryOrder } from "@databox-cmk/local-stack";
import { missingPrograms, type VirtualNode } from "@databox-cmk/virtual-appliance";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { isContinuousIntegration } from "./harness/cryptsetup.ts";
import { openWorld, type World } from "./harness/open-world.ts";
import { readActivity } from "./harness/order-actions.ts";
import { readPasskeys } from "./harness/passkeys.ts";
import { placeOrder, takeOwnKey } from "./harness/shipped-appliance.ts";
import { verifyCertificate } from "./harness/verify-certificate.ts";
import { agentEvent, openVirtualNode, prepareVirtual, shell } from "./harness/virtual-node.ts";

const SERIAL = "DBX-VM1";
const MAPPING = "databox-dbx-vm1";
const STATE = "/var/lib/databox-agent";
/** Where the agent writes that it has closed the volume: what grep looks for, and its files. */
const CLAIMS = `-e '"relocked"' -e '"kind":"locked"' journal.jsonl state.json`;
const TEXT = "what the customer put on the appliance";
const PATIENT = { timeout: 300_000, interval: 500 };

describe.skipIf(missingPrograms(process.env["PATH"] ?? "").length > 0 && !isContinuousIntegration)(
  "an appliance with a kernel of its own (skipped where QEMU is not installed)",
  () => {
    let world: World;
    let node: VirtualNode;
    let order: StoryOrder;
    let key: CustomerKey;

    beforeAll(async () => {
      world = await openWorld(() => ({
        brokerEnvironment: { PROBE_INTERVAL_SECONDS: "1", LEASE_TTL_SECONDS: "10" },
      }));
      node = openVirtualNode(world, SERIAL);
      order = await placeOrder(world, "virtual");
      await node.powerOn();
      await prepareVirtual(world, order, node);
      key = await takeOwnKey(world, order, "contosovirtual");
      await world.operator.advance(order.id, "dispatch");
      await world.operator.advance(order.id, "deliver");
      await node.powerOff();
    });
    afterAll(async () => {
      await node.powerOff();
      await world[Symbol.asyncDispose]();
    });

    const outcome = async () => (await agentEvent(node, ["status"]))["outcome"];
    const mount = (folder: string, mapping = MAPPING) =>
      shell(node, `mkdir -p ${folder} && mount /dev/mapper/${mapping} ${folder}`);

    test("unlocks at its boot, and dm-crypt maps the volume", async () => {
      const startedMs = performance.now();
      await node.powerOn("boot");
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      console.log(`boot to unlocked: ${seconds} s`);
      expect(await shell(node, "cat /run/unlock.log")).toContain('"outcome":"unlocked"');
      expect(await shell(node, `dmsetup table ${MAPPING}`)).toMatch(/ crypt aes-xts-plain64 /);
    });

    test("keeps files that are unreadable on the raw disk", async () => {
      await shell(node, `mkfs.ext4 -q /dev/mapper/${MAPPING}`);
      await mount("/data");
      await shell(node, `echo '${TEXT}' > /data/proof.txt && sync`);
      expect(readFileSync(node.volumePath).includes(TEXT)).toBe(false);
    });

    test("is closed by a disabled key although a file is open: the kernel forgets the key", async () => {
      await shell(node, "dd if=/dev/urandom of=/data/large bs=1M count=8 2>/dev/null");
      await shell(node, "sh -c 'exec 4</data/large; exec sleep 1000' >/dev/null 2>&1 &");
      const startedMs = performance.now();
      await key.setEnabled(false);
      // The kernel's table at once after the first claim: none may come too early. To ask for the
      // status would start a Node, which would slow down the one that closes.
      const table = await vi.waitFor(
        () => shell(node, `cd ${STATE} && grep -q ${CLAIMS} && dmsetup table`),
        PATIENT,
      );
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      console.log(`key disabled to closed volume: ${seconds} s`);
      expect(table).not.toMatch(/ crypt /);
      await vi.waitFor(async () => expect(await outcome()).toBe("locked"), PATIENT);
      const read = "sync; echo 3 > /proc/sys/vm/drop_caches; cat /data/large > /dev/null";
      expect(await node.run(["sh", "-c", read])).toMatchObject({ exitCode: 1 });
      expect(await agentEvent(node, ["journal", "--verify"])).toMatchObject({
        outcome: "verified",
      });
      await vi.waitFor(async () => {
        const rows = await readActivity(world, order);
        expect(rows.map(({ action }) => action)).toContain("lease/relocked");
      }, PATIENT);
      expect(await agentEvent(node, ["unlock"])).toMatchObject({
        outcome: "refused",
        code: "SsemUserErrorEncryptionKeyDisabled",
      });
    });

    test("opens again beside the dead mount, once the key is enabled", async () => {
      await key.setEnabled(true);
      const event = await agentEvent(node, ["unlock"]);
      expect(event).toMatchObject({ outcome: "unlocked", mapping: `${MAPPING}-2` });
      await mount("/again", `${MAPPING}-2`);
      expect(await shell(node, "cat /again/proof.txt")).toBe(`${TEXT}\n`);
    });

    test("is unmounted by a lock where no file is open", async () => {
      expect(await agentEvent(node, ["lock"])).toMatchObject({ outcome: "locked" });
      expect(await shell(node, "cat /proc/mounts")).not.toContain(" /again ");
      expect(await shell(node, "ls /dev/mapper")).not.toContain(`${MAPPING}-2`);
    });

    test("is locked by a power cut; in the datacenter it opens itself to ingest, with the files of the site", async () => {
      expect(await agentEvent(node, ["unlock"])).toMatchObject({ outcome: "unlocked" });
      await world.operator.advance(order.id, "pickUp");
      await world.operator.advance(order.id, "receive");
      await node.powerOff();
      await node.powerOn("boot");
      expect(await shell(node, "cat /run/unlock.log")).toContain('"outcome":"unlocked"');
      await mount("/data");
      expect(await shell(node, "cat /data/proof.txt")).toBe(`${TEXT}\n`);
      const rows = await readActivity(world, order);
      expect(rows.findLast(({ action }) => action === "unlock")).toMatchObject({
        detail: { purpose: "ingest" },
      });
    });

    test("closes what a person opened by cryptsetup", async () => {
      await agentEvent(node, ["lock"]);
      const { customer, stack } = world.customerContext;
      const passkeys = await readPasskeys(customer, stack.resourceGroup, order.name);
      const open = () =>
        node.run(
          ["cryptsetup", "open", "--key-file", "-", "/dev/vda", MAPPING],
          passkeys.get(SERIAL),
        );
      expect(await open()).toMatchObject({ exitCode: 0 });
      await mount("/data");
      expect(await outcome()).toBe("locked");
      const event = await agentEvent(node, ["lock"]);
      expect(event).toMatchObject({ outcome: "locked" });
      expect(event).not.toHaveProperty("notes");
      expect(await shell(node, "dmsetup table")).not.toMatch(/ crypt /);
      expect(await agentEvent(node, ["lock"])).toMatchObject({ notes: ["it was locked already"] });
      expect(await open()).toMatchObject({ exitCode: 0 });
      await key.setEnabled(false);
      const refused = await agentEvent(node, ["unlock"]);
      expect(refused).toMatchObject({ outcome: "refused", relocked: true });
      expect(await shell(node, "dmsetup table")).not.toMatch(/ crypt /);
      await key.setEnabled(true);
      expect(await agentEvent(node, ["unlock"])).toMatchObject({ outcome: "unlocked" });
    });

    test("ends with a certificate and an empty medium: the passkey and a backup of the header open nothing on it", async () => {
      const { customer, stack } = world.customerContext;
      const passkeys = await readPasskeys(customer, stack.resourceGroup, order.name);
      const passkey = passkeys.get(SERIAL) ?? "";
      const header = "--header-backup-file /tmp/header";
      const open = (...parameters: readonly string[]) =>
        node.run(["cryptsetup", "open", "--key-file", "-", "/dev/vda", ...parameters], passkey);
      await shell(node, `cryptsetup luksHeaderBackup /dev/vda ${header}`);
      expect(await open("--test-passphrase")).toMatchObject({ exitCode: 0 });

      await world.operator.advance(order.id, "startCopy");
      await world.operator.advance(order.id, "complete");
      await node.stopServing();
      expect(await agentEvent(node, ["erase", "--serial", SERIAL])).toMatchObject({
        outcome: "erased",
      });
      await world.operator.advance(order.id, "erase");
      const { status, stdout } = await verifyCertificate(world, order);
      expect({ status, stdout }).toEqual({
        status: 0,
        stdout: expect.stringContaining(`node ${SERIAL}, device key `) as string,
      });

      const medium = readFileSync(node.volumePath);
      expect(medium.equals(Buffer.alloc(medium.length))).toBe(true);
      expect(await agentEvent(node, ["unlock"])).toMatchObject({ code: "NodeErased" });
      expect(await open("--test-passphrase")).not.toMatchObject({ exitCode: 0 });
      // The backup still takes the passkey. It opens zeros, which decrypt to noise.
      await shell(node, `cryptsetup luksHeaderRestore --batch-mode /dev/vda ${header}`);
      expect(await open("restored")).toMatchObject({ exitCode: 0 });
      await expect(mount("/data", "restored")).rejects.toThrow("mount");
      const isFound = `fs.readFileSync("/dev/mapper/restored").includes("${TEXT}")`;
      expect(await shell(node, `/usr/lib/databox-agent/node -p '${isFound}'`)).toBe("false\n");
    });
  },
);
