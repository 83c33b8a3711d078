import { tokens } from "@fluentui/react-components";

/** Styles of a line below a row. */
export const RULE_BELOW = {
  borderBlockEndWidth: "1px",
  borderBlockEndStyle: "solid",
  borderBlockEndColor: tokens.colorNeutralStroke2,
} as const;
