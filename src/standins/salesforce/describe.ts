import type { FieldDefinition, ObjectDefinition } from './objects.ts';
import type { VisibleSchema } from './schema.ts';

const SYSTEM_FIELDS: ReadonlySet<string> = new Set([
  'Id',
  'CreatedDate',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
  'IsDeleted',
]);
const DEFAULT_TEXT_LENGTH = 255;
/** Where people would see the records; nothing answers there. */
const UI_ORIGIN = 'https://brightwell.my.salesforce.example';
const SOAP_TYPES: Readonly<Record<FieldDefinition['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  double: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  string: 'xsd:string',
  textarea: 'xsd:string',
  email: 'xsd:string',
  picklist: 'xsd:string',
};

/** Whether a client may set the field; audit fields and automatic numbers are Salesforce's own. */
export function isWritable(field: FieldDefinition): boolean {
  return !SYSTEM_FIELDS.has(field.name) && field.autoNumber === undefined;
}

export function textLength(field: FieldDefinition): number {
  return field.length ?? (field.name === 'Name' || field.type === 'email' ? 80 : DEFAULT_TEXT_LENGTH);
}

/** `GET /sobjects`. */
export function describeGlobal(schema: VisibleSchema, basePath: string): unknown {
  return {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: schema.objects.map((object) => summarize(object, basePath)),
  };
}

/** What describe says about an object in both answers. */
export function summarize(object: ObjectDefinition, basePath: string) {
  const url = `${basePath}/sobjects/${object.name}`;
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable: true,
    custom: object.name.endsWith('__c'),
    customSetting: false,
    deepCloneable: false,
    deletable: object.name !== 'User',
    deprecatedAndHidden: false,
    feedEnabled: false,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: true,
    mergeable: object.name === 'Account' || object.name === 'Case',
    mruEnabled: true,
    name: object.name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    undeletable: object.name !== 'User',
    updateable: true,
    urls: {
      rowTemplate: `${url}/{ID}`,
      describe: `${url}/describe`,
      sobject: url,
      uiDetailTemplate: `${UI_ORIGIN}/{ID}`,
      uiEditTemplate: `${UI_ORIGIN}/{ID}/e`,
      uiNewRecord: `${UI_ORIGIN}/${object.keyPrefix}/e`,
    },
  };
}

/** `GET /sobjects/T/describe`: only what the integration user may see. */
export function describeObject(schema: VisibleSchema, object: ObjectDefinition, basePath: string): unknown {
  return {
    actionOverrides: [],
    ...summarize(object, basePath),
    childRelationships: childRelationships(schema, object),
    compactLayoutable: true,
    defaultImplementation: null,
    extendedBy: null,
    extendsInterfaces: null,
    fields: schema.fieldsOf(object).map(describeField),
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [],
    searchLayoutable: true,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [{ label: `All ${object.labelPlural.toLowerCase()}`, name: 'everything' }],
  };
}

function childRelationships(schema: VisibleSchema, parent: ObjectDefinition): unknown[] {
  return schema.objects.flatMap((child) =>
    schema.fieldsOf(child).flatMap((field) => {
      if (field.referenceTo !== parent.name) return [];
      const named = parent.childRelationships.find(
        (relationship) => relationship.childObject === child.name && relationship.field === field.name,
      );
      return [
        {
          cascadeDelete: field.masterDetail === true,
          childSObject: child.name,
          deprecatedAndHidden: false,
          field: field.name,
          junctionIdListNames: [],
          junctionReferenceTo: [],
          relationshipName: named?.relationshipName ?? null,
          restrictedDelete: false,
        },
      ];
    }),
  );
}

function describeField(field: FieldDefinition): unknown {
  const isText = ['string', 'textarea', 'email', 'picklist'].includes(field.type);
  const isId = field.type === 'id' || field.type === 'reference';
  const isLongText = field.type === 'textarea';
  const length = isId ? 18 : isText ? textLength(field) : 0;
  return {
    aggregatable: !isLongText,
    aiPredictionField: false,
    autoNumber: field.autoNumber !== undefined,
    byteLength: isText ? length * 3 : length,
    calculated: false,
    calculatedFormula: null,
    cascadeDelete: field.masterDetail === true,
    caseSensitive: false,
    compoundFieldName: null,
    controllerName: null,
    createable: isWritable(field),
    custom: field.name.endsWith('__c'),
    defaultValue: field.type === 'boolean' ? false : null,
    defaultValueFormula: null,
    defaultedOnCreate: !isWritable(field) || field.name === 'OwnerId',
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: 0,
    displayLocationInDecimal: false,
    encrypted: false,
    externalId: false,
    extraTypeInfo: isLongText ? 'plaintextarea' : null,
    filterable: !isLongText,
    filteredLookupInfo: null,
    formulaTreatNullNumberAsZero: false,
    groupable: !isLongText && field.type !== 'datetime' && field.type !== 'double',
    highScaleNumber: false,
    htmlFormatted: false,
    idLookup: field.type === 'id' || field.name === 'Name',
    inlineHelpText: null,
    label: field.label ?? labelOf(field),
    length,
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.name === 'Name' || field.name === 'CaseNumber',
    namePointing: false,
    nillable: field.nillable,
    permissionable: field.nillable && field.name.endsWith('__c'),
    picklistValues: (field.picklistValues ?? []).map((value) => ({
      active: true,
      defaultValue: false,
      label: value,
      validFor: null,
      value,
    })),
    polymorphicForeignKey: false,
    precision: field.type === 'double' ? 18 : 0,
    queryByDistance: false,
    referenceTargetField: null,
    referenceTo: field.referenceTo === undefined ? [] : [field.referenceTo],
    relationshipName: field.relationshipName ?? null,
    relationshipOrder: field.masterDetail === true ? 0 : null,
    restrictedDelete: false,
    restrictedPicklist: field.type === 'picklist',
    scale: field.type === 'double' ? 2 : 0,
    searchPrefilterable: false,
    soapType: SOAP_TYPES[field.type],
    sortable: !isLongText,
    type: field.type,
    unique: false,
    updateable: isWritable(field) && field.masterDetail !== true,
    writeRequiresMasterRead: field.masterDetail === true,
  };
}

function labelOf(field: FieldDefinition): string {
  if (field.type === 'id') return 'Record ID';
  const words = field.name
    .replace(/^pse__/, '')
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');
  return field.type === 'reference' && !field.name.endsWith('__c') ? words.replace(/ Id$/, ' ID') : words;
}
