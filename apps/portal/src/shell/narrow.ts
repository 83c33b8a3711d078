/** A window that is narrower than this is a phone's: its tables and bars fold. */
export const NARROW_BELOW_PX = 640;
export const IS_NARROW = "(max-width: 639.98px)";
/** Begins the styles that hold in such a window. */
export const ON_NARROW = `@media ${IS_NARROW}` as const;
