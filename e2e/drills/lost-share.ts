import { rm } from "node:fs/promises";
import { join } from "node:path";

import { requireOk } from "../harness/nodes.ts";
import { replaceDevice } from "../harness/replace-device.ts";
import { moveToOwnKey } from "./customer-key.ts";
import type { DrillStack, DeliveredOrder } from "./drill-stack.ts";
import type { Drill } from "./drill.ts";
import { rekeyFor } from "./thumbprint.ts";

const REPLACE =
  "as in [Rotate a compromised device](#rotate-a-compromised-device), steps 1, 2 and 4";

const owner = "curl -sS --fail-with-body --header @owner.header";
const at = (path: string) => `"$ARM$ORDER/${path}?api-version=2025-07-01"`;

export const lostShare: Drill = {
  title: "Recover an appliance in split custody",
  when: "The mainboard, the TPM or the system disk of an appliance in [split custody](../customer/split-custody.md) broke, or a firmware update changed what its boot measures (`BootStateChanged`): the appliance no longer has its own share of the unlock key. Or its owner lost the recovery key: then the last two steps are enough. An appliance that was lost or stolen needs no recovery: [revoke it](../customer/revocation.md#a-lost-or-stolen-appliance).",
  undo: "A share that has opened the volume is never overwritten. Until the re-key at the end, the share that the owner opened still opens the volume.",
  run: async (drill) => {
    const staged = await drill.deliver("split");
    const { order, node } = staged;
    await moveToOwnKey(drill, staged, "contososplit");
    const addRecoveryKey = async (name: string) => {
      await drill.type(
        `openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out ${name}.pem`,
      );
      await drill.type(
        `openssl pkey -in ${name}.pem -pubout | jq -Rs '{kind: "RecoveryKey", publicKey: .}' |\n` +
          `  ${owner} --json @- -X PUT ${at("backupKeys/offline")} | jq -c '{name, kind}'`,
      );
    };
    await drill.step(
      "In advance, the order's owner adds a recovery key and chooses split custody. A prepared appliance changes at its next re-key.",
    );
    await drill.set({ ORDER: order.id });
    await addRecoveryKey("recovery");
    await drill.type(
      `${owner} ${at("unlockPolicy")} | jq '.custody = {kind: "split", acceptNoRecovery: false}' |\n` +
        `  ${owner} --json @- -X PUT ${at("unlockPolicy")} | jq -c .custody`,
    );
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(node, "databox-agent rekey", { show: "first line" });
    await drill.step(
      `*The mainboard breaks.* Its volume is whole. Replace the device ${REPLACE}. After a firmware update, move the old state folder away first. The volume stays locked.`,
      () => changeMainboard(drill, staged),
    );
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 5, show: "first line" });
    await drill.step(
      "The owner opens the copy of the share with the recovery key, away from the appliance and the broker.",
    );
    await drill.type(`${owner} ${at("envelopes")} | jq '.value[0].deviceShare' > share.jwe`);
    await drill.type(
      "jq -r '.recipients[0].encrypted_key' share.jwe | jose b64 dec -i- -O wrapped.bin",
    );
    await drill.type(
      "openssl pkeyutl -decrypt -inkey recovery.pem -in wrapped.bin -out content.key \\\n" +
        "  -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256",
    );
    await drill.type(
      `printf '{"kty":"oct","alg":"A256GCM","k":"%s"}' "$(jose b64 enc -I content.key)" > content.jwk`,
    );
    await drill.type(`jq '.recipients = [{header: {alg: "dir"}}]' share.jwe > direct.jwe`);
    await drill.type("jose jwe dec -i direct.jwe -k content.jwk | jose b64 enc -I- > share");
    await drill.step(
      "Give it to the appliance, and make it worthless at once: the re-key makes a share that never left the appliance. The new device copies it only for recovery keys that you name by their [thumbprints](../customer/split-custody.md#name-your-recovery-keys), which you compute from the keys themselves.",
    );
    await drill.typeAt(node, "databox-agent recover < share", { show: "first line" });
    await drill.type("shred -u share content.key content.jwk");
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await rekeyFor(drill, node, "recovery");
    await drill.step(
      "*The recovery key is lost.* While the appliance works, nothing else is: put another key in its place. The appliance copies its share for no key that only the broker names.",
    );
    await addRecoveryKey("successor");
    await drill.typeAt(node, "databox-agent rekey", { exitCode: 3, show: "first line" });
    await drill.step("Name the new key at the re-key. Check: the appliance names it, too.");
    await rekeyFor(drill, node, "successor");
    await drill.typeAt(
      node,
      "databox-agent status --json | jq -c '.details | {custody, share, shareCopiedFor}'",
    );
  },
};

/** The new device has the old one's place, and none of its files. */
async function changeMainboard(
  { world }: DrillStack,
  { order, node }: DeliveredOrder,
): Promise<void> {
  const { serial, stateDir, diskPath } = node;
  await rm(stateDir, { recursive: true });
  const enrolmentCode = await replaceDevice(world, order, serial);
  const { brokerUrl, caFile, dnsServer } = world.stack.description;
  const options = [
    ["prepare", "--keep-volume", "--broker", brokerUrl, "--order", order.id.toLowerCase()],
    ["--serial", serial, "--volume", diskPath, "--ca-file", caFile, "--dns-server", dnsServer],
    ["--boot-id-file", join(stateDir, "..", "boot-id"), "--device-key", "file"],
  ];
  requireOk(await node.agent(options.flat(), enrolmentCode));
}
