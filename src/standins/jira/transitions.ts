import { z } from 'zod';
import type { JiraIssueSeed } from '../data/company.ts';
import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { JiraProblem } from './problem.ts';
import type { Site } from './site.ts';
import { statusBean } from './status-representation.ts';
import { statuses } from './workflow.ts';

/** Where an issue can go: to every status but its own. */
function transitionsOf(issue: JiraIssueSeed): (typeof statuses)[number][] {
  return statuses.filter(({ name }) => name !== issue.statusName);
}

export function transitionBeans(issue: JiraIssueSeed, site: Site): Record<string, unknown>[] {
  return transitionsOf(issue).map((status) => ({
    id: status.transitionId,
    name: status.transitionName,
    to: statusBean(status, site),
    hasScreen: false,
    isGlobal: true,
    isInitial: false,
    isAvailable: true,
    isConditional: false,
    looped: false,
  }));
}

export function listTransitions({ site, parameters }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  return { status: 200, body: { expand: 'transitions', transitions: transitionBeans(issue, site) } };
}

/** POST /issue/{idOrKey}/transitions → 204. Reaching Done resolves the issue; leaving it takes that back. */
export function doTransition({ site, parameters, json }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  const { transition } = json(
    z.looseObject({ transition: z.looseObject({ id: z.union([z.string(), z.int()]) }).optional() }),
  );
  if (!transition) throw new JiraProblem(400, ["Missing 'transition' identifier"]);
  const target = transitionsOf(issue).find(({ transitionId }) => transitionId === String(transition.id));
  if (!target) throw new JiraProblem(400, [`Transition id '${transition.id}' is not valid for this issue.`]);
  const updatedAt = site.nowIso();
  site.noteStatusChange(issue.id, {
    from: issue.statusName,
    to: target.name,
    byAccountId: site.caller.accountId,
    changedAt: updatedAt,
  });
  site.put({ ...issue, statusName: target.name, updatedAt, resolvedAt: target.category === 'done' ? updatedAt : null });
  return { status: 204 };
}
