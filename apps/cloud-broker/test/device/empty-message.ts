import type { DeviceMessage } from "../../src/release/message/serve-device-message.ts";

/** A test replaces the members that it is about. */
export const EMPTY_MESSAGE: DeviceMessage = {
  text: "",
  hash: "",
  address: "",
  correlationId: "",
  parameters: {},
};
