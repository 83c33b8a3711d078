// @module-tag one-engine

import { describeKeyVaults } from "./describe-key-vaults.ts";
import { startEmulatorVaults } from "./emulator-world.ts";
import { startFakeWorld } from "./fake-world.ts";

describeKeyVaults("in memory", startFakeWorld);
describeKeyVaults("the emulator behind @azure/keyvault-keys", startEmulatorVaults);
