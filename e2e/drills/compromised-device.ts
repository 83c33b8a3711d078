import type { Drill } from "./drill.ts";

export const compromisedDevice: Drill = {
  title: "Rotate a compromised device",
  when: "An appliance was stolen or opened, or its device key may have been copied, or its board broke and was replaced.",
  undo: "`restoreAccess` turns the kill switch off. The forgotten device key cannot be restored.",
  run: async (stage) => {
    const { order, node } = await stage.deliver("stolen");
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
    const { description } = stage.world.stack;
    const variables = {
      ORDER: order.id,
      SERIAL: node.serial,
      STATE: `${stage.desk.folder}/successor`,
      VOLUME: node.diskPath,
      BROKER_ADDRESS: description.brokerUrl,
      CA_FILE: description.caFile,
      NAME_SERVER: description.dnsServer,
    };
    const operator = "curl -sS --fail-with-body --header @operator.header --json @-";
    await stage.step(
      "Revoke the node. Its open volume closes within the bound of [revocation](../customer/revocation.md).",
    );
    await stage.type(
      `jq -n '{scope: {kind: "node", order: env.ORDER, serial: env.SERIAL}, reason: "stolen, incident 4711"}' |\n` +
        `  ${operator} "$BROKER/operator/v1/revoke" | jq -c .`,
      { variables },
    );
    await stage.typeAt(node, "databox-agent unlock", { exitCode: 3, show: "first line" });
    await stage.step(
      "Forget its device key permanently. Keep the code for its successor away from the terminal.",
    );
    await stage.type(
      `umask 077; jq -n '{serial: env.SERIAL, reason: "stolen, incident 4711"}' |\n` +
        `  ${operator} "$BROKER/operator/v1$ORDER/replaceDevice" | jq -j .enrolmentCode > code`,
      { variables },
    );
    await stage.type(
      `jq -n '{scope: {kind: "node", order: env.ORDER, serial: env.SERIAL}}' |\n` +
        `  ${operator} "$BROKER/operator/v1/restoreAccess" | jq -c .`,
      { variables },
    );
    await stage.step("The broker no longer knows the old device, although the kill switch is off.");
    await stage.typeAt(node, "databox-agent unlock", { exitCode: 5, show: "first line" });
    await stage.step(
      "If you have the volume, enrol its new device. The volume and its unlock key stay.",
    );
    await stage.type(
      'databox-agent --state-dir "$STATE" prepare --keep-volume --order "$ORDER" --serial "$SERIAL" --volume "$VOLUME" \\\n' +
        '  --broker "$BROKER_ADDRESS" --ca-file "$CA_FILE" --dns-server "$NAME_SERVER" < code',
      { variables },
    );
    await stage.type("shred -u code");
    await stage.step(
      "Check: the successor unlocks. Then give the volume a new unlock key, which invalidates every copy of the old one.",
    );
    await stage.type('databox-agent --state-dir "$STATE" unlock', {
      variables,
      show: "first line",
    });
    await stage.type('databox-agent --state-dir "$STATE" rekey', { variables, show: "first line" });
  },
};
