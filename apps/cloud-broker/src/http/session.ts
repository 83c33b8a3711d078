type Token = { readonly accessToken: string; readonly expiresAtMs: number };

/** The sealed part of a session: the person, and the tokens to act for them. */
export type SessionContent = {
  readonly name: string;
  readonly roles: string[];
  readonly refreshToken?: string | undefined;
  readonly tokens: {
    readonly arm?: Token | undefined;
    readonly vault?: Token | undefined;
    readonly graph?: Token | undefined;
  };
};

/** A portal session as it was read; `content` is replaced by compare-and-swap of `revision`. */
export type Session = {
  readonly idHash: string;
  readonly objectId: string;
  /**
   * Proves that a request comes from one of the portal's own pages; only the broker can derive it.
   */
  readonly csrfToken: string;
  readonly expiresAtMs: number;
  readonly revision: number;
  readonly content: SessionContent;
};
