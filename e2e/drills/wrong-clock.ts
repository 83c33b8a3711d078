import { moveToOwnKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";
import { TEN_YEARS_AHEAD } from "./fake-time.ts";

export const wrongClock: Drill = {
  title: "A clock that is wrong by ten years",
  when: "The battery of an appliance's clock is empty, or the broker's machine started without a time server. Leases and decisions of an appliance do not depend on its clock, but TLS does: with a wrong date every certificate has expired or is not valid yet.",
  undo: "Not needed. The wrong clock decided nothing.",
  run: async (drill) => {
    const staged = await drill.deliver("wrong-clock");
    await moveToOwnKey(drill, staged, "contosoclock");
    const { stack } = drill.world;
    const { node } = staged;
    await drill.step(
      "*The appliance's clock is ten years ahead.* This is not a refusal, and open volumes stay open. The first step that the agent shows is to set the clock. If you cannot set it, unlock without network: the carried answer does not need TLS.",
    );
    await drill.typeAt(node, "faketime --exclude-monotonic -f +10y databox-agent unlock", {
      exitCode: 4,
      show: "first line",
    });
    await drill.step("Set the clock (`timedatectl set-time …`), and unlock.");
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
    await drill.typeAt(node, "databox-agent lock", { show: "first line" });
    await drill.step(
      "*The broker's clock is ten years ahead.* The broker neither grants nor refuses unlocks.",
      () => stack.restartBroker(TEN_YEARS_AHEAD),
    );
    await drill.typeAt(node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await drill.type("broker doctor", {
      accident: TEN_YEARS_AHEAD,
      exitCode: 5,
      show: "last line",
    });
    await drill.step("Set the clock (`timedatectl set-ntp true`), and restart the broker.", () =>
      stack.restartBroker(),
    );
    await drill.step("Check: the doctor finds no problem, and an appliance unlocks.");
    await drill.type("broker doctor", { show: "last line" });
    await drill.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};
