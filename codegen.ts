import type { CodegenConfig } from '@graphql-codegen/cli';

/** GraphQL type → the model that resolvers get as parent; each slice owns its models. */
const mappers: Record<string, string> = {};
const modelFiles: Record<string, readonly string[]> = {
  '../sources/salesforce/model.ts': [
    'PsRequest',
    'PsRequestConnection',
    'Account',
    'AccountConnection',
    'Project',
    'SalesforceUser',
    'DeploymentStep',
    'Case',
    'JiraLink',
    'UpdatePsRequestPayload',
  ],
  '../sources/jira/model.ts': [
    'JiraIssue',
    'JiraIssueConnection',
    'JiraUser',
    'JiraProject',
    'JiraComment',
    'TransitionJiraIssuePayload',
    'AddJiraCommentPayload',
  ],
  '../features/assessments/model.ts': ['Mentor', 'MentorConnection', 'Assessment', 'AssessmentConnection'],
  '../features/validation/model.ts': [
    'ValidationRule',
    'ValidationRun',
    'ValidationRunConnection',
    'ValidationResult',
    'ValidationResultConnection',
  ],
  '../features/audit/model.ts': ['AuditEntry', 'AuditEntryConnection', 'ActivityReport'],
  '../features/access/viewer.ts': ['Viewer'],
  '../features/access/session.ts': ['Session'],
};
for (const [file, types] of Object.entries(modelFiles)) {
  for (const type of types) mappers[type] = `${file}#${type}Model`;
}

const config: CodegenConfig = {
  schema: 'schema/*.graphql',
  generates: {
    'src/generated/graphql.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        disableFederationDirectiveAndScalarInjection: true,
        contextType: '../gateway/context.ts#Context',
        mappers,
        enumsAsTypes: true,
        useTypeImports: true,
        defaultScalarType: 'unknown',
        scalars: { ID: 'string', DateTime: 'string', Date: 'string', JSONObject: 'Record<string, unknown>' },
        inputMaybeValue: 'T | null | undefined',
        resolverTypeWrapperSignature: 'Promise<T | Error> | T | Error',
        emitLegacyCommonJSImports: false,
        importExtension: '.ts',
      },
    },
  },
};

export default config;
