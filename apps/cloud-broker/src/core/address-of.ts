const ADDRESS_MAX = 254;
/** One mailbox, without a name, a comment or a list: such a text would be several recipients. */
const MAILBOX = /^[A-Za-z0-9.!$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$/;

/**
 * The mailbox of a signed-in person: their user name, whose domain the tenant has proved to Entra
 * ID. It cannot be typed by the person. The user name of a guest (`…#EXT#@…`) is not a mailbox.
 */
export function addressOf(userName: string): string | undefined {
  return userName.length <= ADDRESS_MAX && MAILBOX.test(userName) ? userName : undefined;
}
