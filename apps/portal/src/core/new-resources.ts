export const RSA_SIZES_BITS = [2048, 3072, 4096] as const;
/** Azure: soft delete keeps a deleted vault for 7 to 90 days. */
export const RETENTION_DAYS = { minimum: 7, maximum: 90 } as const;
