export const RSA_SIZES_BITS = [2048, 3072, 4096] as const;
/** NIST SP 800-57: sufficient after 2030. */
export const USUAL_RSA_SIZE_BITS = 3072 satisfies (typeof RSA_SIZES_BITS)[number];
/** Azure: soft delete keeps a deleted vault for 7 to 90 days. */
export const RETENTION_DAYS = { minimum: 7, maximum: 90 } as const;
/** How often a vault makes a new version of a key by itself: ISO 8601 durations. */
export const ROTATION_PERIODS = ["P6M", "P1Y", "P2Y"] as const;
export type RotationPeriod = (typeof ROTATION_PERIODS)[number];
