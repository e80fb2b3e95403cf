import { valueFor } from '../contexts/contexts.ts';
import type { Members } from '../contexts/matrix.ts';
import { inputsOf, type Trigger, textsOf } from '../events/triggers.ts';
import { type Datum, type Domain, dataOf, openOf } from '../expressions/datum.ts';
import { anyText } from '../expressions/situation.ts';
import type { Facts } from '../model/types.ts';
import { NOT_EMPTY } from '../texts/language.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { textOf, valueAt } from '../yaml/yaml-node.ts';

/** The inputs of `workflow_dispatch`; none for other events. The user can choose other values than the defaults. */
export function dispatchInputs(trigger: Trigger, facts: Facts): Members {
  if (trigger.event !== 'workflow_dispatch') return new Map();
  return new Map(
    inputsOf(trigger).map(({ name, node }) => {
      const given = valueFor(name, facts.variables?.inputs);
      return [name.toLowerCase(), given === undefined ? inputOf(name, node) : dataOf(given)] as const;
    }),
  );
}

/** GitHub Docs, "Workflow syntax", "on.workflow_dispatch.inputs.<input_id>.type". */
function inputOf(name: string, node: YamlNode): Datum {
  const variable = `inputs.${name}`;
  const reason = `${variable} is chosen when the workflow is started`;
  const open = (domain: Domain) => openOf(variable, domain);
  switch (textOf(valueAt(node, 'type'))) {
    case 'boolean':
      return open({ kind: 'varies', choices: [{ data: true }, { data: false }], reason });
    case 'choice':
      return open({
        kind: 'varies',
        choices: textsOf(valueAt(node, 'options')).map((data) => ({ data })),
        reason,
      });
  }
  const required = textOf(valueAt(node, 'required')) === 'true';
  const domain = anyText('varies', variable, reason);
  if (!required) return open(domain);
  return open({ ...domain, choices: [{ language: NOT_EMPTY, shown: `\${{ ${variable} }}` }] });
}
