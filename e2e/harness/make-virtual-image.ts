import { missingPrograms } from "@databox-cmk/virtual-appliance";

import { openVirtualImage } from "./virtual-node.ts";

/**
 * Makes the image of the virtual appliances before the tests start, because their files start at
 * the same time: each would make it. It is made beside the gates, while no test waits for it.
 */
export function setup(): void {
  if (missingPrograms(process.env["PATH"] ?? "").length > 0) return;
  try {
    openVirtualImage();
  } catch {
    // The files of the virtual appliances try it again, and say why it fails.
  }
}
