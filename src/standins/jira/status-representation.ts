import type { Site } from './site.ts';
import { statusCategories, type statuses } from './workflow.ts';

export function statusBean(status: (typeof statuses)[number], site: Site): Record<string, unknown> {
  const category = statusCategories[status.category];
  return {
    self: `${site.origin}/rest/api/3/status/${status.id}`,
    description: '',
    iconUrl: `${site.origin}/images/icons/statuses/generic.png`,
    name: status.name,
    id: status.id,
    statusCategory: { self: `${site.origin}/rest/api/3/statuscategory/${category.id}`, ...category },
  };
}
