import * as React from 'react';
import { Button, Failure } from '../../components';
import { ABILITIES, abilityName, contextOf, found, priceOf, type Ability } from '../modelList';
import type { IParts } from './context';
import { Embedded } from './Embedded';

const AT_ONCE = 50;

/** The models that can answer, to search and to choose from, and the embedded ones to fetch. */
export function Models(props: IParts): React.ReactElement {
  const { model, trans } = props;
  const [search, setSearch] = React.useState('');
  const [wanted, setWanted] = React.useState<ReadonlySet<Ability>>(new Set());
  const [shown, setShown] = React.useState(AT_ONCE);
  const fitting = found(model.models, search, wanted);
  const standard = model.preferences!.effective.default_model;
  const locked = model.isLocked('default_model');

  const toggle = (ability: Ability) => {
    const next = new Set(wanted);
    if (!next.delete(ability)) {
      next.add(ability);
    }
    setWanted(next);
  };
  return (
    <>
      <Embedded {...props} />
      <h2>{trans.__('Models that can answer')}</h2>
      <div className="jp-LuminaSettings-filters">
        <label className="jp-LuminaSettings-search">
          {trans.__('Search')}
          <input
            type="search"
            className="jp-mod-styled"
            value={search}
            onChange={event => setSearch(event.target.value)}
          />
        </label>
        {ABILITIES.map(ability => (
          <label key={ability}>
            <input type="checkbox" checked={wanted.has(ability)} onChange={() => toggle(ability)} />
            {abilityName(ability, trans)}
          </label>
        ))}
      </div>
      {locked && (
        <p className="jp-LuminaPage-soft">
          {trans.__('Which model answers by default is fixed by this server’s configuration.')}
        </p>
      )}
      {model.choiceError && <Failure error={model.choiceError} trans={trans} />}
      <p role="status" className="jp-LuminaPage-soft">
        {trans._n('%1 model', '%1 models', fitting.length)}
      </p>
      {fitting.length > 0 && (
        <div className="jp-LuminaSettings-scroll">
          <table className="jp-LuminaSettings-table">
            <thead>
              <tr>
                <th scope="col">{trans.__('Model')}</th>
                <th scope="col">{trans.__('Context')}</th>
                <th scope="col" title={trans.__('US dollars for a million tokens in and out')}>
                  {trans.__('Price in / out')}
                </th>
                <th scope="col">{trans.__('Can')}</th>
                <th scope="col">{trans.__('Default')}</th>
              </tr>
            </thead>
            <tbody>
              {fitting.slice(0, shown).map(each => (
                <tr key={each.id}>
                  <th scope="row">{each.id}</th>
                  <td>{contextOf(each)}</td>
                  <td>{priceOf(each, trans)}</td>
                  <td>
                    {ABILITIES.filter(ability => each[ability])
                      .map(ability => abilityName(ability, trans))
                      .join(', ') || '–'}
                  </td>
                  <td>
                    <input
                      type="radio"
                      name="lumina-default-model"
                      aria-label={trans.__('Answer with %1 by default', each.id)}
                      checked={each.id === standard}
                      disabled={locked}
                      onChange={() => void model.choose({ default_model: each.id })}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {fitting.length > shown && (
        <Button onClick={() => setShown(shown + AT_ONCE)}>
          {trans.__('Show More (%1)', fitting.length - shown)}
        </Button>
      )}
    </>
  );
}
