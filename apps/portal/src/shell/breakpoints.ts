/** Widths of the window, in CSS pixels, below which pages fold. */
export const PHONE_PX = 640;
export const TABLET_PX = 768;
export const LAPTOP_PX = 1024;
export const DESKTOP_PX = 1280;

/** A window that is narrower. Browsers that zoom have fractions of a pixel. */
export const narrowerThan = (px: number) => `(max-width: ${String(px - 0.02)}px)`;

/** Begins the styles that hold in such a window. */
export const below = (px: number): `@media ${string}` => `@media ${narrowerThan(px)}`;
export const ON_NARROW = below(PHONE_PX);
