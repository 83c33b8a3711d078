/** Exit codes of `broker`, beside 0 and 1; the doctor has its own. */

/** The agent has the same. */
export const EXIT_WRONG_COMMAND_LINE = 2;
export const EXIT_TAMPERED = 3;
export const EXIT_FORGED = 3;
export const EXIT_OTHER_PAGES = 5;
/** Nothing in the audit trail is disproved, but not everything is proven. */
export const EXIT_INCOMPLETE = 6;
