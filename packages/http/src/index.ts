export { addressKey, networkOf } from "./address-key.ts";
export { newNonce, pageHeaders } from "./page-headers.ts";
export { createRateLimit, type RateLimit, type RateLimitOptions } from "./rate-limit.ts";
export { BodyTooLong, readBytes } from "./read-bytes.ts";
export { readStaticSite, type StaticAnswer, type StaticSite } from "./static-site.ts";
