import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Fact } from '../parts';
import type { IAddress } from './address';
import { plain } from './plain';

/** A page that is to be opened: whose it is, its whole address, and what is odd about it. Nothing is fetched of it. */
export function AddressView(props: {
  address: IAddress | null;
  /** What whoever asks gave as the address. */
  text: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { address, text, trans } = props;
  if (!address) {
    return (
      <>
        <p className="jp-LuminaQuestion-secret" role="note">
          {trans.__('This is no address of the web, so it cannot be opened from here:')}
        </p>
        <code className="jp-LuminaQuestion-address">{plain(text)}</code>
      </>
    );
  }
  const { after, before, host, oddities } = address;
  return (
    <>
      <dl className="jp-LuminaApproval-facts">
        <Fact name={trans.__('Host')} value={<b className="jp-LuminaQuestion-host">{host}</b>} />
        <Fact
          name={trans.__('Address')}
          value={
            <code className="jp-LuminaQuestion-address" dir="ltr">
              {before}
              <b>{host}</b>
              {after}
            </code>
          }
        />
      </dl>
      {oddities.map(oddity => (
        <p key={oddity} className="jp-LuminaQuestion-secret" role="note">
          {oddity}
        </p>
      ))}
      <p className="jp-LuminaQuestion-note">
        {trans.__(
          'Open it only if you know this host. It opens in a new tab, and only when you say so.'
        )}
      </p>
    </>
  );
}
