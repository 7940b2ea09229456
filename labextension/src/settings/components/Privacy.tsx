import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Failure } from '../../components';
import { hostOf, placeOf } from '../words';
import type { VariablePolicy } from '../types';
import type { IParts } from './context';
import { Choice } from './Choice';
import { Saved } from './Defaults';
import { ModelChooser } from './ModelChooser';
import { NotebookPolicy } from './NotebookPolicy';
import { policyName } from './policyName';

const POLICIES: readonly VariablePolicy[] = ['values', 'schema-only', 'off'];

/** What models may see, and what leaves the machine. */
export function Privacy(props: IParts): React.ReactElement {
  const { model, trans } = props;
  const { configured, effective } = model.preferences!;
  const own = trans.__('the smallest embedded model that can');
  const onOff = (on: boolean) => (on ? trans.__('on') : trans.__('off'));
  return (
    <>
      <Leaving {...props} />
      <h2>{trans.__('Everywhere')}</h2>
      <Choice
        {...props}
        name="variable_policy"
        label={trans.__('Variables')}
        description={trans.__(
          'What models may see of a kernel’s variables. A notebook’s own policy can only be stricter.'
        )}
        configured={policyName(configured.variable_policy, trans)}
      >
        {(id, disabled) => (
          <HTMLSelect
            id={id}
            aria-describedby={`${id}-what`}
            disabled={disabled}
            value={effective.variable_policy}
            onChange={event =>
              void model.choose({ variable_policy: event.target.value as VariablePolicy })
            }
          >
            {POLICIES.map((policy, strictness) => (
              <option
                key={policy}
                value={policy}
                disabled={strictness < POLICIES.indexOf(configured.variable_policy)}
              >
                {policyName(policy, trans)}
              </option>
            ))}
          </HTMLSelect>
        )}
      </Choice>
      <Choice
        {...props}
        name="ghost_text"
        beside
        label={trans.__('Suggest code while I type')}
        description={
          configured.ghost_text
            ? trans.__('With an embedded model nothing that is typed leaves this machine.')
            : trans.__('Switched off by this server’s configuration.')
        }
        configured={onOff(configured.ghost_text)}
      >
        {(id, disabled) => (
          <input
            id={id}
            type="checkbox"
            aria-describedby={`${id}-what`}
            disabled={disabled || !configured.ghost_text}
            checked={effective.ghost_text}
            onChange={event => void model.choose({ ghost_text: event.target.checked })}
          />
        )}
      </Choice>
      <Choice
        {...props}
        name="ghost_text_model"
        label={trans.__('Model that suggests')}
        description={trans.__(
          'With a model elsewhere, the code around the cursor is sent there at every pause in typing.'
        )}
        configured={configured.ghost_text_model || own}
      >
        {(id, disabled) => (
          <ModelChooser
            {...props}
            id={id}
            disabled={disabled}
            name="ghost_text_model"
            empty={own}
          />
        )}
      </Choice>
      {model.choiceError && <Failure error={model.choiceError} trans={trans} />}
      <Saved {...props} />
      <NotebookPolicy {...props} />
    </>
  );
}

function Leaving(props: IParts): React.ReactElement {
  const { model, trans } = props;
  const { default_model: standard } = model.preferences!.effective;
  const answering = model.providers.find(each => standard.startsWith(`${each.name}/`));
  const remote = model.providers.filter(each => each.available && !each.local);
  return (
    <>
      <h2>{trans.__('What leaves this machine')}</h2>
      <p>
        {trans.__(
          'A question goes to the model that answers it, together with the context that is listed below each question. Nothing is sent before you ask, and nothing is sent to anybody else.'
        )}
      </p>
      {answering && (
        <p>{trans.__('By default that is %1, %2.', standard, placeOf(answering, trans))}</p>
      )}
      {remote.length > 0 ? (
        <>
          <p>{trans.__('Reached only when one of their models is chosen:')}</p>
          <ul>
            {remote.map(each => (
              <li key={each.name}>
                {each.title} {hostOf(each) && <code>{hostOf(each)}</code>}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p>{trans.__('No provider on another machine is set up: nothing can leave.')}</p>
      )}
    </>
  );
}
