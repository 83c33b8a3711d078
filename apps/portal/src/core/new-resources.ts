/** Azure's naming rules for new resources; a name that breaks one is reported before it is sent. */
export const NAME_RULES = {
  /**
   * 3 to 24 letters, digits and hyphens; begins with a letter, ends with a letter or digit, no two
   * hyphens in a row.
   */
  vault: /^(?=.{3,24}$)[A-Za-z](?:-?[A-Za-z0-9])*$/,
  /** 1 to 127 letters, digits and hyphens. */
  key: /^[A-Za-z0-9-]{1,127}$/,
  /**
   * 1 to 90 letters, digits, hyphens, underscores, parentheses and dots; does not end with a dot.
   */
  resourceGroup: /^(?=.{1,90}$)[\w().-]*[\w()-]$/,
} as const satisfies Record<string, RegExp>;

export const RSA_SIZES_BITS = [2048, 3072, 4096] as const;
/** Azure: soft delete keeps a deleted vault for 7 to 90 days. */
export const RETENTION_DAYS = { minimum: 7, maximum: 90 } as const;
