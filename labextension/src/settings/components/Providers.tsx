import * as React from 'react';
import type { IParts } from './context';
import { ProviderCard } from './ProviderCard';

/** The providers: those that can answer, those that could if something were mended, and those to set up. */
export function Providers(props: IParts): React.ReactElement {
  const { model, trans } = props;
  const [search, setSearch] = React.useState('');
  const ready = model.providers.filter(each => each.available);
  // A key is there, or it needs none: somebody meant to use it.
  const ailing = model.providers.filter(
    each => !each.available && (each.key_source || !each.needs_key)
  );
  const others = model.providers.filter(each => !ready.includes(each) && !ailing.includes(each));
  const shown = others.filter(each =>
    `${each.title} ${each.name}`.toLowerCase().includes(search.trim().toLowerCase())
  );
  return (
    <>
      <h2>{trans.__('Ready')}</h2>
      {ready.length === 0 && (
        <p>
          {trans.__(
            'Nothing can answer yet. Fetch an embedded model on the Models tab, which needs no key, or add a key below.'
          )}
        </p>
      )}
      {ready.map(each => (
        <ProviderCard key={each.name} provider={each} {...props} />
      ))}
      {ailing.length > 0 && <h2>{trans.__('Found, but not ready')}</h2>}
      {ailing.map(each => (
        <ProviderCard key={each.name} provider={each} {...props} />
      ))}
      <h2>{trans.__('Add a provider')}</h2>
      <label className="jp-LuminaSettings-search">
        {trans.__('Search')}
        <input
          type="search"
          className="jp-mod-styled"
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
      </label>
      {shown.map(each => (
        <ProviderCard key={each.name} provider={each} folded {...props} />
      ))}
      {shown.length === 0 && <p role="status">{trans.__('No provider has that name.')}</p>}
      <p className="jp-LuminaPage-soft">
        {trans.__('Servers of your own are added in the configuration, with')}{' '}
        <code>c.Lumina.endpoints</code>.
      </p>
    </>
  );
}
