import type { Drill } from "./drill.ts";

export const compromisedDevice: Drill = {
  title: "Rotate a compromised device",
  when: "An appliance was stolen or opened, or its device key may have been copied, or its board broke and was replaced.",
  undo: "`restoreAccess` turns the kill switch off. The forgotten device key cannot be restored.",
  run: async (drill) => {
    const { order, node } = await drill.deliver("stolen");
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    const operator = "curl -sS --fail-with-body --header @operator.header --json @-";
    await drill.step(
      "Revoke the node. Its open volume closes within the bound of [revocation](../customer/revocation.md).",
    );
    await drill.set({ ORDER: order.id, SERIAL: node.serial });
    await drill.type(
      `jq -n '{scope: {kind: "node", order: env.ORDER, serial: env.SERIAL}, reason: "stolen, incident 4711"}' |\n` +
        `  ${operator} "$BROKER/operator/v1/revoke" | jq -c .`,
    );
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 3, show: "first line" });
    await drill.step(
      "Forget its device key permanently. Keep the code for its successor away from the terminal.",
    );
    await drill.type(
      `jq -n '{serial: env.SERIAL, reason: "stolen, incident 4711"}' |\n` +
        `  ${operator} "$BROKER/operator/v1$ORDER/replaceDevice" | jq -j .enrolmentCode > code`,
    );
    await drill.type(
      `jq -n '{scope: {kind: "node", order: env.ORDER, serial: env.SERIAL}}' |\n` +
        `  ${operator} "$BROKER/operator/v1/restoreAccess" | jq -c .`,
    );
    await drill.step("The broker no longer knows the old device, although the kill switch is off.");
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 5, show: "first line" });
    await drill.step(
      "If you have the volume, enrol its new device. The volume and its unlock key stay. Leave out `--ca-file` and `--dns-server` if you use the system's.",
    );
    await drill.type('export STATE="$HOME/successor"');
    await drill.set({ VOLUME: node.diskPath });
    await drill.type(
      'databox-agent --state-dir "$STATE" prepare --keep-volume --order "$ORDER" --serial "$SERIAL" --volume "$VOLUME" \\\n' +
        '  --broker "$BROKER" --ca-file "$EXTRA_CA_FILE" --dns-server "$DNS_SERVER" < code',
    );
    await drill.type("shred -u code");
    await drill.step(
      "Check: the successor unlocks. Then give the volume a new unlock key, which invalidates every copy of the old one.",
    );
    await drill.type('databox-agent --state-dir "$STATE" unlock', {
      show: "first line",
    });
    await drill.type('databox-agent --state-dir "$STATE" rekey', { show: "first line" });
  },
};
