/** The person who must act, as answers name them. */
export const WHO = [
  "security-administrator",
  "order-owner",
  "site-operator",
  "broker-operator",
  "nobody",
] as const;
