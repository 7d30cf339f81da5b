import { expect, test } from 'vitest';
import { readSalesforceChangeNotice } from '../../../../src/sources/salesforce/change-notice.ts';

const id = 'a0R5g0000000001EAA';
const changesOf = (change: object) =>
  readSalesforceChangeNotice({ id: 'n', changes: [{ object: 'PS_Request__c', id, changeType: 'UPDATE', ...change }] })
    ?.changes;

test.each([
  ['tells nothing but the record where it says nothing else', {}, {}],
  ['tells nothing else of a new record', { changeType: 'CREATE', changedFields: ['Status__c'] }, {}],
  ['tells nothing else of one that is back', { changeType: 'UNDELETE', changedFields: ['IsDeleted'] }, {}],
  ['tells that a record is gone', { changeType: 'DELETE' }, { values: null }],
  [
    'tells what has changed, in whatever case, and what every change changes',
    { changedFields: ['status__C', 'Secret__c'] },
    { fields: ['Status__c', 'LastModifiedDate', 'SystemModstamp'] },
  ],
  [
    'tells what the record is now, ids in their long form and what is of no use left out',
    {
      changeType: 'CREATE',
      values: { status__c: 'Draft', Account__c: '0015g0000000001', Owner: {}, OwnerId: 'x', Go_Live_Date__c: null },
    },
    { values: { Status__c: 'Draft', Account__c: '0015g0000000001AAA', Go_Live_Date__c: null } },
  ],
  [
    'tells a request by its number too, by which it may have been missed',
    { changeType: 'UNDELETE', values: { name: 'psr-00060' } },
    { names: ['PSR-00060'], values: { Name: 'psr-00060' } },
  ],
  ['tells no name that is no number', { changeType: 'CREATE', values: { Name: 'x' } }, { values: { Name: 'x' } }],
  ['tells what every change changes', { changedFields: [] }, { fields: ['LastModifiedDate', 'SystemModstamp'] }],
])('a notice %s', (_what, change, known) => {
  expect(changesOf(change)).toEqual([{ type: 'PsRequest', id, ...known }]);
});

test.each([[{ changedFields: 'Status__c' }], [{ changedFields: [7] }]])('is none with %j', (change) => {
  expect(changesOf(change)).toBeUndefined();
});
