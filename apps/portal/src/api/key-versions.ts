import { keyVersionsView } from "@databox-cmk/protocol";

import { orderPart } from "./arm-path.ts";

/** The versions of its key that an order depends on. */
export const readKeyVersionsInUse = orderPart("/keyVersions", keyVersionsView);
