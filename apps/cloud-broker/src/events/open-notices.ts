import { AppError } from "@databox-cmk/errors";

import { type NoticeChannel, parseNoticeChannels } from "../config/notice-channels.ts";
import { readSecretFile } from "../keys/secret-file.ts";
import type { SendMail } from "./send-mail.ts";

/** Where messages for people go, and how e-mail is sent. */
export type Notices = {
  readonly channels: readonly NoticeChannel[];
  /** Absent without a mail server. */
  readonly sendMail: SendMail | undefined;
};

/** Deny by default. */
export const NO_NOTICES: Notices = { channels: [], sendMail: undefined };

/**
 * Reads NOTICE_CHANNELS_FILE, which is a secret: anyone who knows the address of a channel can
 * write into it.
 *
 * @throws {AppError} Misuse for a missing or wrong file, or one that others may read
 */
export async function openNotices(path: string, extraCaPem: string | undefined): Promise<Notices> {
  const bytes = await readSecretFile(path);
  if (bytes === undefined)
    throw new AppError("Misuse", { detail: `NOTICE_CHANNELS_FILE: ${path} does not exist` });
  const { smtp, channels } = parseNoticeChannels(Buffer.from(bytes).toString("utf8"));
  if (smtp === undefined) return { channels, sendMail: undefined };
  // Only a broker that sends e-mail loads the library for it.
  const { createSendMail } = await import("./send-mail.ts");
  return { channels, sendMail: createSendMail(smtp, extraCaPem) };
}
