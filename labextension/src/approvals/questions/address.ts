import type { TranslationBundle } from '@jupyterlab/translation';

/** A page that whoever asks wants to be opened, as the browser reads its address. */
export interface IAddress {
  readonly href: string;
  /** Whose page it is; it stands in the address between the other two. */
  readonly host: string;
  readonly before: string;
  readonly after: string;
  /** What is odd about it, a sentence each. */
  readonly oddities: readonly string[];
}

/** An address of the web; null when it is none, and should not be opened. */
export function addressOf(text: string, trans: TranslationBundle): IAddress | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const { host, href, password, protocol, username } = url;
  if ((protocol !== 'https:' && protocol !== 'http:') || !host) {
    return null;
  }
  const user = password ? `${username}:${password}@` : username ? `${username}@` : '';
  const before = `${protocol}//${user}`;
  return {
    href,
    host,
    before,
    after: href.slice(before.length + host.length),
    oddities: [
      protocol === 'http:'
        ? trans.__('It is not encrypted: others on the way can read and change what is there.')
        : '',
      user ? trans.__('What stands before the @ is a user name, and not the host.') : '',
      /(^|\.)xn--/.test(host)
        ? trans.__('Its name has letters that may look like others; xn-- stands for them here.')
        : ''
    ].filter(Boolean)
  };
}
