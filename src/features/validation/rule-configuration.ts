import type { ValidationRuleModel } from './model.ts';
import { type RuleDefinition, ruleDefinitionById, ruleDefinitions } from './rules.ts';

/** What a tenant has set for a rule. */
export interface RuleConfiguration {
  readonly enabled: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

export type Configurations = ReadonlyMap<string, RuleConfiguration>;

/** Every rule as it holds for a tenant, in the order in which they are shown. */
export function configuredRules(configurations: Configurations): ValidationRuleModel[] {
  return ruleDefinitions.map((definition) => configuredRule(definition, configurations.get(definition.id)));
}

/** One rule as it holds for a tenant. A rule that no longer exists keeps its old results readable. */
export function configuredRuleById(id: string, configurations: Configurations): ValidationRuleModel {
  const definition = ruleDefinitionById.get(id);
  if (definition) return configuredRule(definition, configurations.get(id));
  return {
    id,
    name: `Retired rule ${id}`,
    description: 'This rule is not applied any more; results from before are kept.',
    severity: 'INFO',
    enabled: false,
    config: {},
  };
}

function configuredRule(definition: RuleDefinition, own: RuleConfiguration | undefined): ValidationRuleModel {
  return { ...definition, enabled: own?.enabled ?? true, config: { ...definition.config, ...own?.config } };
}
