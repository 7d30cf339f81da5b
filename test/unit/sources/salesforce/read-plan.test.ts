import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/platform/clock.ts';
import { FieldNeeds } from '../../../../src/platform/edges.ts';
import { createLogger } from '../../../../src/platform/log.ts';
import type { Selection } from '../../../../src/platform/selection.ts';
import { Availability } from '../../../../src/sources/salesforce/availability.ts';
import { salesforceEdges } from '../../../../src/sources/salesforce/edges.ts';
import {
  columnsOf,
  psRequest,
  type SalesforceObject,
  salesforceObjects,
  supportCase,
} from '../../../../src/sources/salesforce/fields.ts';
import { ReadPlanner, relationshipsOf } from '../../../../src/sources/salesforce/read-plan.ts';

type Asked = { readonly [field: string]: Asked };

function selection(asked: Asked): Selection {
  return { fields: new Map(Object.entries(asked).map(([name, sub]) => [name, selection(sub)])) };
}

const computed = [{ type: 'PsRequest', field: 'jiraIssues', needs: ['primaryJiraKey', 'salesforceId'] }];

async function planner(hidden: readonly string[] = []) {
  const availability = new Availability(
    async () =>
      new Map(
        Object.values<SalesforceObject>(salesforceObjects).map((object) => {
          const shown = columnsOf(object).filter((column) => !hidden.includes(`${object.name}.${column}`));
          return [
            object.name,
            {
              keyPrefix: null,
              fields: new Map(shown.map((column) => [column, { filterable: true, picklistValues: [] }])),
            },
          ];
        }),
      ),
    createLogger('silent'),
    systemClock,
  );
  await availability.refresh();
  return new ReadPlanner(new FieldNeeds(salesforceEdges, computed), availability);
}

async function pathsOf(object: SalesforceObject, asked: Asked, hidden?: readonly string[]) {
  return (await planner(hidden)).planFor(object, selection(asked)).paths.toSorted();
}

const request = psRequest;

test('selects only what is asked for, and the id', async () => {
  expect(await pathsOf(request, { number: {}, changeWindow: { start: {} }, __typename: {} })).toEqual([
    'Change_Window_End__c',
    'Change_Window_Start__c',
    'Id',
    'Name',
  ]);
});

test('selects what the resolver of a computed field and the key of an edge need', async () => {
  expect(await pathsOf(request, { jiraIssues: { key: {} }, steps: { name: {} } })).toEqual(['Id', 'Jira_Key__c']);
});

test('records that a record refers to come along, through several levels', async () => {
  expect(
    await pathsOf(request, { project: { projectManager: { name: {} }, account: { owner: { email: {} } } } }),
  ).toEqual([
    'Id',
    'Project__c',
    'Project__r.Id',
    'Project__r.pse__Account__c',
    'Project__r.pse__Account__r.Id',
    'Project__r.pse__Account__r.Owner.Email',
    'Project__r.pse__Account__r.Owner.Id',
    'Project__r.pse__Account__r.OwnerId',
    'Project__r.pse__Project_Manager__c',
    'Project__r.pse__Project_Manager__r.Id',
    'Project__r.pse__Project_Manager__r.Name',
  ]);
});

test('leaves out hidden columns, and relationships whose key is hidden', async () => {
  const hidden = ['PS_Request__c.Risk__c', 'PS_Request__c.Account__c', 'User.Email'];
  expect(await pathsOf(request, { risk: {}, account: { name: {} }, owner: { email: {} } }, hidden)).toEqual([
    'Id',
    'Owner.Id',
    'OwnerId',
  ]);
});

test('fails for a type whose object is hidden as a whole', async () => {
  const hidden = columnsOf(request).map((column) => `PS_Request__c.${column}`);
  const plans = await planner(hidden);
  expect(() => plans.planFor(request, selection({ id: {} }))).toThrow(
    expect.objectContaining({ code: 'FIELD_UNAVAILABLE' }),
  );
  expect(await pathsOf(supportCase, { psRequest: { id: {} } }, hidden)).toEqual(['Id', 'PS_Request__c']);
});

/** Case → request → account → owner and the like, as often as it goes. */
const users = { owner: { name: {} }, technicalLead: { name: {} }, approvedBy: { name: {} } };
const wide: Asked = {
  psRequest: {
    ...users,
    account: { owner: { name: {} } },
    project: { projectManager: { name: {} }, account: { owner: { name: {} } } },
  },
};

test('a question that walks every relation upwards stays within the relationships and levels that Salesforce takes', async () => {
  const plans = await planner();
  const plan = plans.planFor(supportCase, selection(wide));
  const relationships = relationshipsOf(plan.paths);
  expect(relationships.size).toBe(10);
  expect(Math.max(...[...relationships].map((path) => path.split('.').length))).toBe(4);
});

test('one selection is planned once', async () => {
  const plans = await planner();
  const asked = selection({ number: {} });
  expect(plans.planFor(request, asked)).toBe(plans.planFor(request, asked));
});

test('selections that read the same are one plan, whoever asks', async () => {
  const plans = await planner();
  const plan = plans.planFor(request, selection({ number: {}, owner: { name: {} } }));
  expect(plans.planFor(request, selection({ number: {}, owner: { name: {} } }))).toBe(plan);
  expect(plans.planFor(request, selection({ number: {}, owner: { name: {}, title: {} } }))).not.toBe(plan);
});
