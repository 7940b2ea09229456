import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/** Attributes whose address a browser fetches as soon as the element is there. */
const FETCHED = ['src', 'srcset', 'poster', 'background', 'data'];
const FETCHING_STYLE = /url\s*\(|image-set\s*\(|image\s*\(|@import|expression\s*\(/i;

/**
 * JupyterLab's sanitizer, which moreover lets nothing be fetched from elsewhere.
 *
 * A model's answer may hold text that others wrote: an image in it would tell its server what was
 * asked, as soon as the answer is shown. Such an image becomes a link, which a person may follow.
 */
export class QuietSanitizer implements IRenderMime.ISanitizer {
  /**
   * @param base - What removes scripts and all else that is dangerous.
   * @param relative - Whether addresses below the notebook's folder may stay.
   */
  constructor(
    private readonly base: IRenderMime.ISanitizer,
    private readonly relative: boolean
  ) {}

  get allowNamedProperties(): boolean {
    return this.base.allowNamedProperties ?? false;
  }

  /** Never: an answer must not bring buttons that run commands. */
  readonly allowCommandLinker = false;

  getAutolink(): boolean {
    return this.base.getAutolink?.() ?? true;
  }

  sanitize(dirty: string, options?: IRenderMime.ISanitizerOptions): string {
    const clean = this.base.sanitize(dirty, options);
    // A document made by the parser is inert: nothing in it is fetched or run.
    const { body } = new DOMParser().parseFromString(clean, 'text/html');
    body.querySelectorAll('*').forEach(element => this.quieten(element));
    return body.innerHTML;
  }

  private quieten(element: Element): void {
    if (FETCHING_STYLE.test(element.getAttribute('style') ?? '')) {
      element.removeAttribute('style');
    }
    for (const name of element.getAttributeNames()) {
      if (name.startsWith('data-commandlinker')) {
        element.removeAttribute(name);
      }
    }
    for (const name of FETCHED) {
      const address = element.getAttribute(name);
      if (address === null || this.isQuiet(name, address)) {
        continue;
      }
      if (element.localName === 'img' && name === 'src') {
        element.replaceWith(linkTo(address, element.getAttribute('alt'), element.ownerDocument));
        return;
      }
      element.removeAttribute(name);
    }
  }

  private isQuiet(name: string, address: string): boolean {
    if (name === 'srcset') {
      return false;
    }
    const plain = [...address].filter(character => character > ' ').join('');
    if (/^data:image\//i.test(plain)) {
      return true;
    }
    return this.relative && !/^([a-z][a-z0-9+.-]*:|[/\\])/i.test(plain);
  }
}

function linkTo(address: string, alt: string | null, owner: Document): HTMLElement {
  let url: URL;
  try {
    url = new URL(address, window.location.href);
  } catch {
    return words(alt || address, owner);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return words(alt || address, owner);
  }
  const link = owner.createElement('a');
  link.href = url.href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.className = 'jp-LuminaChat-remoteImage';
  link.textContent = alt ? `${alt} (${url.host})` : url.host;
  return link;
}

function words(text: string, owner: Document): HTMLElement {
  const element = owner.createElement('span');
  element.textContent = text;
  return element;
}
