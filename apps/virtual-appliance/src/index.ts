export { createVirtualNode } from "./create-virtual-node.ts";
export type { VirtualNode, VirtualNodeOptions } from "./create-virtual-node.ts";
export { describeMissing, missingPrograms } from "./image/missing-programs.ts";
export { openImage } from "./image/open-image.ts";
export type { Image } from "./image/open-image.ts";
