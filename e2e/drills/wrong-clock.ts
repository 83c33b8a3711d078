import { moveToOwnKey } from "./customer-key.ts";
import type { Drill } from "./drill.ts";
import { TEN_YEARS_AHEAD } from "./fake-time.ts";

export const wrongClock: Drill = {
  title: "A clock that is wrong by ten years",
  when:
    "The battery of an appliance's clock is empty, or the broker's machine came up without a time server. No lease and no decision of an " +
    "appliance depends on its clock, but TLS does: by a wrong date every certificate has expired, or is not valid yet.",
  undo: "Nothing was decided by the wrong clock: nothing has to be undone.",
  run: async (stage) => {
    const staged = await stage.deliver("wrong-clock");
    await moveToOwnKey(stage, staged, "contosoclock");
    const { stack } = stage.world;
    const { node } = staged;
    await stage.step(
      "*The appliance's clock is ten years ahead.* Nobody has refused; what is open stays open. The first step that the agent shows is the clock. " +
        "Where it cannot be set, unlock without network: the answer carries its own proof.",
    );
    await stage.typeAt(node, "faketime --exclude-monotonic -f +10y databox-agent unlock", {
      exitCode: 4,
      show: "first line",
    });
    await stage.step("Set it (`timedatectl set-time …`), and unlock.");
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
    await stage.typeAt(node, "databox-agent lock", { show: "first line" });
    await stage.step(
      "*The broker's clock is ten years ahead.* No unlock is decided, and none is refused.",
      () => stack.restartBroker(TEN_YEARS_AHEAD),
    );
    await stage.typeAt(node, "databox-agent unlock", { exitCode: 4, show: "first line" });
    await stage.type("broker doctor", {
      variables: TEN_YEARS_AHEAD,
      exitCode: 5,
      show: "last line",
    });
    await stage.step("Set it (`timedatectl set-ntp true`), and restart the broker.", () =>
      stack.restartBroker(),
    );
    await stage.step("Check.");
    await stage.type("broker doctor", { show: "last line" });
    await stage.typeAt(node, "databox-agent unlock", { show: "first line" });
  },
};
