/** How one dependency is doing, as `/readyz` shows it. */
export interface DependencyHealth {
  readonly name: 'postgres' | 'salesforce' | 'jira' | 'redis' | 'cache' | 'identity';
  readonly state: 'up' | 'degraded' | 'down' | 'off';
  /** True while a bundled stand-in or the embedded database serves in its place. */
  readonly standIn: boolean;
  /** Where it is made of several that fail apart from each other. */
  readonly parts?: readonly { readonly name: string; readonly state: 'up' | 'down' }[];
  /** What is wrong and what to do, for an operator; no secrets. */
  readonly detail?: string;
}
