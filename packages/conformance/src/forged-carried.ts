import { FORGED_GRANTS } from "./forged-grants.ts";

/** Forged grants that are forged without the network too: a carried one brings no envelope. */
export const FORGED_CARRIED = Object.fromEntries(
  Object.entries(FORGED_GRANTS).filter(
    ([name]) => !name.startsWith("its envelope") && !name.startsWith("the content key"),
  ),
);
